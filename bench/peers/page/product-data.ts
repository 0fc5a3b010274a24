// Random matrices and activations of a product, and the plain product that results are compared with.
import { SeededBits } from '../../models/random-tensors.ts';
import type { TernaryMatrix } from '../onnx/matmul-nbits.ts';

/** The sizes of a product, as the page is asked for. */
export interface ProductShape {
  readonly rows: number;
  readonly columns: number;
  readonly tokens: number;
  readonly copies: number;
}

/** Outputs that a check computes, spread over tokens and rows. */
const SAMPLES = 256;
/** Columns that share a scale in the forms of the peers; ours has one per row, and so have all blocks of a row here. */
export const SCALE_BLOCK = 128;

/** A matrix of ternary codes of equal probability; each row has one scale around 1 / sqrt(columns). */
export function randomMatrix({ rows, columns }: ProductShape, seed: number): TernaryMatrix {
  const bits = new SeededBits(seed);
  const codes = new Int8Array(rows * columns);
  for (let at = 0; at < codes.length; at++) codes[at] = ((bits.next() >>> 8) % 3) - 1;
  const blocks = columns / SCALE_BLOCK;
  const scales = new Float32Array(rows * blocks);
  for (let row = 0; row < rows; row++) {
    scales.fill((0.5 + (bits.next() >>> 8) / 2 ** 24) / Math.sqrt(columns), row * blocks, (row + 1) * blocks);
  }
  return { rows, columns, codes, scales };
}

/** Activations between -1 and 1. */
export function randomActivations({ columns, tokens }: ProductShape): Float32Array {
  const bits = new SeededBits(77);
  return Float32Array.from({ length: columns * tokens }, () => bits.next() / 2 ** 31);
}

/**
 * Root mean square error of sampled outputs, relative to their root mean square.
 * @param y [tokens, rows], to be compared with the product of x [tokens, columns] in f64
 */
export function relativeError(
  y: Float32Array,
  x: Float32Array,
  { rows, columns, codes, scales }: TernaryMatrix,
): number {
  const blocks = columns / SCALE_BLOCK;
  let [error, power] = [0, 0];
  for (let sample = 0; sample < SAMPLES; sample++) {
    const at = (sample * 7919 * 31) % y.length;
    const [token, row] = [Math.floor(at / rows), at % rows];
    let sum = 0;
    for (let k = 0; k < columns; k++) sum += codes[row * columns + k] * x[token * columns + k];
    const exact = sum * scales[row * blocks];
    error += (y[at] - exact) ** 2;
    power += exact ** 2;
  }
  return Math.sqrt(error / power);
}
