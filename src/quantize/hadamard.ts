// Orthonormal Hadamard transform of Sylvester's type in blocks: H[r][c] = (-1)^popcount(r & c) / sqrt(n), its own inverse.
// Rows of a matrix (its inputs) or columns (its outputs), in place.

import { HADAMARD_BLOCKS, hadamardBlock } from '../quant/quantization-metadata.ts';
import { rotateBlocks } from '../util/hadamard.ts';
import { quantizeError } from './quantize-error.ts';

/**
 * As hadamardBlock.
 * @param what the width, for the message
 * @throws EngineError 'bad-argument' with the reason width-not-divisible
 */
export function requireHadamardBlock(width: number, what: string): number {
  const block = hadamardBlock(width);
  if (block !== null) return block;
  const { min, max } = HADAMARD_BLOCKS;
  throw quantizeError(
    'bad-argument',
    'width-not-divisible',
    `The ${what} is ${width}, which no power of two from ${min} to ${max} divides; a rotation needs one. Use a recipe without rotation.`,
    { width },
  );
}

/**
 * Multiplies each row by diag(signs) and then by H in blocks.
 * @param values [rows, columns] f32, changed in place
 * @param signs [columns] +1 or -1; null is all +1
 */
export function rotateRows(
  values: Float32Array,
  columns: number,
  block: number,
  signs: Int8Array | null = null,
): void {
  if (signs !== null) {
    for (let at = 0; at < values.length; at++) values[at] *= signs[at % columns];
  }
  rotateBlocks(values, block);
}

/**
 * Multiplies each column by diag(signs) and then by H in blocks of rows: W becomes Q^T W with Q = diag(signs) H.
 * @param values [rows, columns] f32, changed in place; a bias is a matrix of one column
 * @param signs [rows] +1 or -1; null is all +1
 */
export function rotateColumns(
  values: Float32Array,
  columns: number,
  block: number,
  signs: Int8Array | null = null,
): void {
  const rows = values.length / columns;
  if (signs !== null) {
    for (let at = 0; at < values.length; at++) values[at] *= signs[Math.floor(at / columns)];
  }
  for (let first = 0; first < rows; first += block) {
    for (let distance = 1; distance < block; distance *= 2) {
      for (let start = first; start < first + block; start += 2 * distance) {
        combineRows(values, columns, start, distance);
      }
    }
  }
  const norm = 1 / Math.sqrt(block);
  for (let at = 0; at < values.length; at++) values[at] *= norm;
}

/** Rows start .. start + distance with those at that distance: (a + b, a - b). */
function combineRows(values: Float32Array, columns: number, start: number, distance: number): void {
  const shift = distance * columns;
  const end = start * columns + shift;
  for (let at = start * columns; at < end; at++) {
    const a = values[at];
    const b = values[at + shift];
    values[at] = a + b;
    values[at + shift] = a - b;
  }
}

/** Signs for a rotation that is fused offline: the same for every run. @returns [width] +1 or -1 */
export function fixedSigns(width: number): Int8Array {
  let state = 0x9e3779b9;
  return Int8Array.from({ length: width }, () => {
    // xorshift32 (Marsaglia 2003)
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state < 0 ? -1 : 1;
  });
}
