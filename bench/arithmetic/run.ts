// What block arithmetic costs in accuracy, per model file: logits of both arithmetics at every position of a text.
// node scripts/run-ts.mjs bench/arithmetic/run.ts TEXT_FILE MODEL...   (VK_ICD_FILENAMES chooses the driver)
import { readFileSync } from 'node:fs';
import { openModel } from '../../src/cli/open-model.ts';
import { relativeL2, topTwo } from '../../test/model/judge.ts';

/** Tokens of the text that are compared. */
const TOKENS = 192;
const CONTEXT_LENGTH = 256;

/** Logits [ids.length, vocabulary] in one arithmetic, embedding and head as the file has them. */
async function logitsOf(path: string, text: string, arithmetic: 'exact' | 'block') {
  const options = { adapter: 'default', context: CONTEXT_LENGTH, head: 'file', arithmetic } as const;
  const model = await openModel(path, options);
  try {
    const ids = model.tokenizer.encode(text).slice(0, TOKENS);
    return { rows: await model.sequence.logits(ids, { all: true }), ids };
  } finally {
    await model.dispose();
  }
}

/** Natural logarithm of the probability of every token. */
function logProbabilities(logits: Float32Array): Float64Array {
  const most = logits.reduce((best, value) => Math.max(best, value), Number.NEGATIVE_INFINITY);
  const sum = logits.reduce((total, value) => total + Math.exp(value - most), 0);
  return Float64Array.from(logits, (value) => value - most - Math.log(sum));
}

/** Kullback-Leibler divergence in nats of `other` from `exact`. */
function divergence(exact: Float64Array, other: Float64Array): number {
  return exact.reduce((sum, value, i) => sum + Math.exp(value) * (value - other[i]), 0);
}

async function compare(path: string, text: string): Promise<string> {
  const exact = await logitsOf(path, text, 'exact');
  const block = await logitsOf(path, text, 'block');
  const count = exact.ids.length;
  const vocabulary = exact.rows.length / count;
  const row = (rows: Float32Array, index: number) =>
    rows.subarray(index * vocabulary, (index + 1) * vocabulary);
  const errors: number[] = [];
  let agree = 0;
  const sums = { kl: 0, exact: 0, block: 0 };
  for (let index = 0; index < count; index++) {
    const [a, b] = [row(exact.rows, index), row(block.rows, index)];
    errors.push(relativeL2(b, a));
    if (topTwo(a).index === topTwo(b).index) agree += 1;
    const [p, q] = [logProbabilities(a), logProbabilities(b)];
    sums.kl += divergence(p, q) / count;
    if (index + 1 === count) continue;
    sums.exact -= p[exact.ids[index + 1]] / (count - 1);
    sums.block -= q[exact.ids[index + 1]] / (count - 1);
  }
  errors.sort((a, b) => a - b);
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
  return [
    `relative L2 ${percent(errors[count >> 1])} median, ${percent(errors[count - 1])} worst`,
    `arg-max alike ${percent(agree / count)}`,
    `KL ${sums.kl.toExponential(1)} nats`,
    `loss ${sums.exact.toFixed(4)} exact, ${sums.block.toFixed(4)} block`,
  ].join('; ');
}

/** @returns the exit code */
export async function main([textFile, ...paths]: string[]): Promise<number> {
  if (textFile === undefined || paths.length === 0) {
    console.error('usage: node scripts/run-ts.mjs bench/arithmetic/run.ts TEXT_FILE MODEL...');
    return 1;
  }
  const text = readFileSync(textFile, 'utf8');
  for (const path of paths) console.log(`${path}: ${await compare(path, text)}`);
  return 0;
}
