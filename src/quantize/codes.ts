// Matrices as small codes times scales, and what all roundings share: the weights that are left out (outliers).

import type { CodeKind } from '../quant/format.ts';

/** Codes of one matrix: W[m, k] = scales[m, floor(k / groupSize)] * codes[m, k]. */
export interface CodedMatrix {
  readonly kind: CodeKind;
  /** [rows, columns] i8. */
  readonly codes: Int8Array;
  /** [rows, columns / groupSize] f32. */
  readonly scales: Float32Array;
  readonly groupSize: number;
}

/** Weights to be rounded. */
export interface Weights {
  readonly rows: number;
  readonly columns: number;
  /** [rows, columns] f32. */
  readonly values: Float32Array;
  /**
   * 1 for weights that are stored elsewhere: they count for no scale. [columns] for whole columns, or [rows, columns].
   * Null: none.
   */
  readonly excluded: Uint8Array | null;
}

/** Whether a weight is stored elsewhere. @param at its index in the matrix */
export function isExcluded({ excluded }: Weights, at: number): boolean {
  return excluded !== null && excluded[at % excluded.length] === 1;
}

/** [rows, columns] f32 of a coded matrix. */
export function dequantize({ codes, scales, groupSize }: CodedMatrix): Float32Array {
  const values = new Float32Array(codes.length);
  for (let at = 0; at < codes.length; at++) values[at] = codes[at] * scales[Math.floor(at / groupSize)];
  return values;
}
