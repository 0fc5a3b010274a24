// What fewer bits in the LM head cost in accuracy and bytes, per model file: logits at every position of a text.
// node scripts/run-ts.mjs bench/heads/run.ts TEXT_FILE MODEL...   (VK_ICD_FILENAMES chooses the driver)
import { readFileSync } from 'node:fs';
import type { HeadPrecision } from '../../src/api/types.ts';
import { openModel } from '../../src/cli/open-model.ts';
import { relativeL2, topTwo } from '../../test/model/judge.ts';

/** Tokens of the text that are compared. */
const TOKENS = 200;
const CONTEXT_LENGTH = 256;
const HEADS: readonly HeadPrecision[] = ['int8', 'int6', 'int4-hadamard'];

interface Scored {
  readonly ids: readonly number[];
  /** [ids.length, vocabulary] */
  readonly rows: Float32Array;
  readonly weightsBytes: number;
  readonly millisecondsPerToken: number;
}

async function score(path: string, text: string, head: HeadPrecision): Promise<Scored> {
  const model = await openModel(path, { adapter: 'default', context: CONTEXT_LENGTH, head });
  try {
    const ids = model.tokenizer.encode(text).slice(0, TOKENS);
    await model.sequence.logits(ids.slice(0, 8), { all: true });
    const startMs = performance.now();
    const rows = await model.sequence.logits(ids, { all: true });
    const millisecondsPerToken = (performance.now() - startMs) / ids.length;
    return { ids, rows, weightsBytes: model.loaded.pool.memory().weightsBytes, millisecondsPerToken };
  } finally {
    await model.dispose();
  }
}

function crossEntropy({ ids, rows }: Scored): number {
  const vocabulary = rows.length / ids.length;
  let sum = 0;
  for (let t = 0; t + 1 < ids.length; t++) {
    const row = rows.subarray(t * vocabulary, (t + 1) * vocabulary);
    const most = row.reduce((best, value) => Math.max(best, value), Number.NEGATIVE_INFINITY);
    const total = row.reduce((exponents, value) => exponents + Math.exp(value - most), 0);
    sum += Math.log(total) + most - row[ids[t + 1]];
  }
  return sum / (ids.length - 1);
}

function describe(head: HeadPrecision, scored: Scored, reference: Scored): string {
  const count = reference.ids.length;
  const vocabulary = reference.rows.length / count;
  const errors: number[] = [];
  let alike = 0;
  for (let t = 0; t < count; t++) {
    const [a, b] = [reference, scored].map(({ rows }) => rows.subarray(t * vocabulary, (t + 1) * vocabulary));
    errors.push(relativeL2(b, a));
    if (topTwo(a).index === topTwo(b).index) alike += 1;
  }
  errors.sort((a, b) => a - b);
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
  return [
    `  ${head}: relative L2 ${percent(errors[count >> 1])} median, ${percent(errors[count - 1])} worst`,
    `arg-max alike ${percent(alike / count)}`,
    `cross-entropy ${crossEntropy(scored).toFixed(4)} (file ${crossEntropy(reference).toFixed(4)})`,
    `weights ${(scored.weightsBytes / 1e6).toFixed(2)} MB`,
    `${scored.millisecondsPerToken.toFixed(1)} ms per token`,
  ].join('; ');
}

/** @returns the exit code */
export async function main([textFile, ...paths]: string[]): Promise<number> {
  if (textFile === undefined || paths.length === 0) {
    console.error('usage: node scripts/run-ts.mjs bench/heads/run.ts TEXT_FILE MODEL...');
    return 1;
  }
  const text = readFileSync(textFile, 'utf8');
  for (const path of paths) {
    console.log(path);
    const reference = await score(path, text, 'file');
    for (const head of HEADS) console.log(describe(head, await score(path, text, head), reference));
  }
  return 0;
}
