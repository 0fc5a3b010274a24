// The weights that are kept in higher precision: whole input channels, or N of each 32 columns of a row.
// Chosen where rounding hurts most: by the squared error that it leaves, times the energy of the input where it is known.

import { CODE_COLUMN_MULTIPLE, SPARSE_BLOCK_COLUMNS } from '../quant/quantization-metadata.ts';
import { type CodedMatrix, dequantize, type Weights } from './codes.ts';
import { quantizeError } from './quantize-error.ts';
import { roundToNearest } from './rtn.ts';

/** Outlier channels of one matrix. */
export interface ChannelOutliers {
  /** Ascending columns. */
  readonly index: Int32Array;
  /** [rows, index.length] int8 with one scale per row: what the base lacks there. */
  readonly coded: CodedMatrix;
}

/** Unstructured outliers of one matrix. */
export interface SparseOutliers {
  /** [rows, columns / 32 * slots / 2] u32 of two halves: position in bits 0 to 4, value in bits 5 to 15. */
  readonly words: Uint32Array;
  /** [rows] f32. */
  readonly scales: Float32Array;
}

const VALUE_BITS = 11;
const LARGEST_VALUE = 2 ** (VALUE_BITS - 1) - 1;
const POSITION_BITS = 5;

/** Number of outlier channels: the multiple of 16 next to the percentage, at least 16, at most all. */
export function outlierChannelCount(columns: number, percent: number): number {
  const multiple = CODE_COLUMN_MULTIPLE;
  const wanted = Math.round((columns * percent) / 100 / multiple) * multiple;
  return Math.min(Math.max(wanted, multiple), columns - (columns % multiple));
}

/**
 * Checks that a matrix can have outliers of a structure.
 * @throws EngineError 'bad-argument' with the reason bad-structure
 */
export function checkOutlierWidth(name: string, columns: number, structure: string): void {
  const unit = structure === 'channels' ? CODE_COLUMN_MULTIPLE : SPARSE_BLOCK_COLUMNS;
  if (columns >= unit && (structure === 'channels' || columns % unit === 0)) return;
  throw quantizeError(
    'bad-argument',
    'bad-structure',
    `Tensor ${name} has ${columns} columns; outliers of the structure ${structure} need ${structure === 'channels' ? `at least ${unit}` : `a multiple of ${unit}`}. Use a recipe without outliers.`,
    { tensor: name, columns },
  );
}

/** [rows, columns] squared errors of a rounding, weighted. @param energy [columns]; null: all alike */
export function weightedErrors(
  { values, columns }: Weights,
  coded: CodedMatrix,
  energy: Float64Array | null,
): Float32Array {
  const errors = dequantize(coded);
  for (let at = 0; at < errors.length; at++) {
    errors[at] = (values[at] - errors[at]) ** 2 * (energy?.[at % columns] ?? 1);
  }
  return errors;
}

/** The channels with the largest errors, summed over matrices with a common input. @returns ascending columns */
export function chooseChannels(errors: readonly Float32Array[], columns: number, count: number): Int32Array {
  const sums = new Float64Array(columns);
  for (const matrix of errors) {
    for (let at = 0; at < matrix.length; at++) sums[at % columns] += matrix[at];
  }
  const order = Array.from(sums.keys()).sort((a, b) => sums[b] - sums[a] || a - b);
  return Int32Array.from(order.slice(0, count)).sort();
}

/** The `slots` columns of each 32 of a row with the largest errors. @returns [rows, columns] 1 for chosen ones */
export function chooseSparse(errors: Float32Array, slots: number): Uint8Array {
  const chosen = new Uint8Array(errors.length);
  for (let first = 0; first < errors.length; first += SPARSE_BLOCK_COLUMNS) {
    const block = Array.from({ length: SPARSE_BLOCK_COLUMNS }, (_, k) => first + k);
    block.sort((a, b) => errors[b] - errors[a] || a - b);
    for (const at of block.slice(0, slots)) chosen[at] = 1;
  }
  return chosen;
}

/** [columns] 1 for the columns of an index. */
export function channelMask(index: Int32Array, columns: number): Uint8Array {
  const mask = new Uint8Array(columns);
  for (const k of index) mask[k] = 1;
  return mask;
}

/** What a base lacks in some channels, in int8. @param target [rows, columns] f32 */
export function encodeChannels(
  target: Float32Array,
  base: Float32Array,
  columns: number,
  index: Int32Array,
): ChannelOutliers {
  const rows = target.length / columns;
  const count = index.length;
  const values = new Float32Array(rows * count);
  for (let m = 0; m < rows; m++) {
    for (let i = 0; i < count; i++) {
      const at = m * columns + index[i];
      values[m * count + i] = target[at] - base[at];
    }
  }
  const coded = roundToNearest({ rows, columns: count, values, excluded: null }, { kind: 'int8', group: 0 });
  return { index, coded };
}

/** What a base lacks in the chosen places, in 11 bits with one scale per row. */
export function encodeSparse(
  { rows, columns, values, excluded }: Weights,
  base: Float32Array,
  slots: number,
): SparseOutliers {
  const halvesPerRow = (columns / SPARSE_BLOCK_COLUMNS) * slots;
  const halves = new Uint16Array(rows * halvesPerRow);
  const scales = new Float32Array(rows);
  for (let m = 0; m < rows; m++) {
    const places = Array.from({ length: columns }, (_, k) => m * columns + k).filter(
      (at) => excluded?.[at] === 1,
    );
    const largest = places.reduce((most, at) => Math.max(most, Math.abs(values[at] - base[at])), 0);
    scales[m] = largest === 0 ? 1 : largest / LARGEST_VALUE;
    places.forEach((at, slot) => {
      const value = Math.round((values[at] - base[at]) / scales[m]);
      const clamped = Math.max(-LARGEST_VALUE, Math.min(LARGEST_VALUE, value));
      halves[m * halvesPerRow + slot] = ((at % SPARSE_BLOCK_COLUMNS) | (clamped << POSITION_BITS)) & 0xffff;
    });
  }
  return { words: new Uint32Array(halves.buffer), scales };
}

/** Adds outlier channels to a dense matrix [rows, columns]. */
export function addChannels(values: Float32Array, columns: number, { index, coded }: ChannelOutliers): void {
  const outliers = dequantize(coded);
  const count = index.length;
  for (let at = 0; at < outliers.length; at++) {
    values[Math.floor(at / count) * columns + index[at % count]] += outliers[at];
  }
}

/** Adds unstructured outliers to a dense matrix [rows, columns]. @param slots of each 32 columns */
export function addSparse(
  values: Float32Array,
  columns: number,
  { words, scales }: SparseOutliers,
  slots: number,
): void {
  const halves = new Uint16Array(words.buffer, words.byteOffset, words.length * 2);
  const halvesPerRow = (columns / SPARSE_BLOCK_COLUMNS) * slots;
  for (let at = 0; at < halves.length; at++) {
    const row = Math.floor(at / halvesPerRow);
    const block = Math.floor((at % halvesPerRow) / slots);
    const position = halves[at] & (SPARSE_BLOCK_COLUMNS - 1);
    const value = (halves[at] << 16) >> (16 + POSITION_BITS);
    values[row * columns + block * SPARSE_BLOCK_COLUMNS + position] += scales[row] * value;
  }
}
