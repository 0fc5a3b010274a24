// Compares the scores of a Scorer with what logits say, one position after the other.
import { tokenLossReference } from '../../shaders/token-loss/reference.ts';
import { modelLogits, modelScores } from './open-models.ts';

/** How the logits are computed. */
export type LogitsPath =
  /** Prefill of the prefix: the very arithmetic of scoring, but for the head, which sums in another order. */
  | 'prefill'
  /** One token after the other: sums in another order everywhere, and such a difference can flip an int8 code. */
  | 'decode';

/** Largest differences of one loss, and of the mean of all, in nats. */
const ALLOWED: Readonly<Record<LogitsPath, { readonly one: number; readonly mean: number }>> = {
  prefill: { one: 1e-4, mean: 1e-5 },
  decode: { one: 3e-2, mean: 1e-3 },
};

/** @returns what was found, for the report. @throws Error with the observed and the allowed difference */
export async function checkScores(
  model: string,
  ids: readonly number[],
  { path, paced }: { readonly path: LogitsPath; readonly paced: boolean },
): Promise<string> {
  const { losses, best } = await modelScores(model, ids, { paced });
  const allowed = ALLOWED[path];
  const rows = await logitsOfPrefixes(model, ids, path);
  let sum = 0;
  let largest = 0;
  for (const [index, row] of rows.entries()) {
    const expected = tokenLossReference(row, ids[index + 1]);
    sum += losses[index] - expected.loss;
    largest = Math.max(largest, Math.abs(losses[index] - expected.loss));
    if (row[expected.best] - row[best[index]] > allowed.one) {
      throw new Error(`the best token at ${index} is ${best[index]}; expected ${expected.best}`);
    }
  }
  const mean = Math.abs(sum / rows.length);
  if (!(mean <= allowed.mean && largest <= allowed.one)) {
    throw new Error(
      `losses differ by ${mean} on average and ${largest} at most; allowed are ${allowed.mean} and ${allowed.one}`,
    );
  }
  return `${rows.length} tokens, mean difference ${mean.toExponential(1)}, largest ${largest.toExponential(1)}`;
}

async function logitsOfPrefixes(
  model: string,
  ids: readonly number[],
  path: LogitsPath,
): Promise<Float32Array[]> {
  const count = ids.length - 1;
  if (path === 'decode') {
    const rows = await modelLogits(model, ids.slice(0, count), { all: true });
    const vocabulary = rows.length / count;
    return Array.from({ length: count }, (_, row) => rows.subarray(row * vocabulary, (row + 1) * vocabulary));
  }
  const rows: Float32Array[] = [];
  for (let length = 1; length <= count; length++) {
    rows.push(await modelLogits(model, ids.slice(0, length), { all: false }));
  }
  return rows;
}
