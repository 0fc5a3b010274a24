// The rules by which logits are compared with reference logits; test/data/README.md says why they are not tighter.

/** Relative L2 error |actual - expected| / |expected|; NaN when an actual value is not a number. */
export function relativeL2(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.NaN;
  let error = 0;
  let norm = 0;
  for (let i = 0; i < expected.length; i++) {
    error += (actual[i] - expected[i]) ** 2;
    norm += expected[i] ** 2;
  }
  return Math.sqrt(error / norm);
}

/** The best two of a row of logits. */
export interface TopTwo {
  /** Index of the largest; the first one of equals. */
  readonly index: number;
  /** Largest minus second largest. */
  readonly gap: number;
}

/** Finds the best two logits. */
export function topTwo(logits: ArrayLike<number>): TopTwo {
  let index = 0;
  let second = Number.NEGATIVE_INFINITY;
  for (let i = 1; i < logits.length; i++) {
    if (logits[i] > logits[index]) {
      second = logits[index];
      index = i;
    } else if (logits[i] > second) second = logits[i];
  }
  return { index, gap: logits[index] - second };
}

/**
 * Compares the arg-max of every row with the expected ids; where the best two are nearer than `minGap` either may win.
 * @param rows [ids.length, vocabulary] f32, row-major
 * @returns null, or the first row that is wrong
 */
export function argmaxError(rows: Float32Array, ids: readonly number[], minGap: number): string | null {
  const vocabulary = rows.length / ids.length;
  if (!Number.isInteger(vocabulary)) return `${rows.length} logits do not make ${ids.length} rows`;
  for (const [row, expected] of ids.entries()) {
    const { index, gap } = topTwo(rows.subarray(row * vocabulary, (row + 1) * vocabulary));
    if (index !== expected && gap > minGap) {
      return `position ${row}: arg-max is ${index} by ${gap.toFixed(4)}; expected ${expected}`;
    }
  }
  return null;
}
