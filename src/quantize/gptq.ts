// GPTQ (arXiv 2210.17323): columns are rounded one after another, and the error of each is spread over those that
// follow, by the inverse of the Hessian of the layer's squared error. The scales are those of the untouched weights.

import { type CodedMatrix, isExcluded, type Weights } from './codes.ts';
import { findScales, type RtnOptions, roundCode } from './rtn.ts';
import { inverseFactor } from './triangular.ts';

/** Share of the mean of the diagonal that is added to it. */
const DAMPING = 0.01;
/** Columns whose errors are spread over the rest at once. */
const BLOCK = 128;
const LOW = -8;
const HIGH = 7;

/** Options of roundGptq. */
export interface GptqOptions {
  /** Columns that share one scale; 0: the row. */
  readonly group: number;
  readonly clip: boolean;
  /** Round the columns with the largest inputs first. */
  readonly actOrder: boolean;
}

/** A rounded matrix with what the excluded weights have become. */
export interface GptqResult {
  readonly coded: CodedMatrix;
  /** [rows, columns] f32: the weights of excluded columns, which have taken the errors of the others. */
  readonly adjusted: Float32Array;
}

/**
 * Int4 codes.
 * @param weights excluded columns come last and stay floats: they take the errors of all others
 * @param hessian [columns, columns] f64: sum of x x^T over the calibration tokens; not changed
 */
export function roundGptq(weights: Weights, hessian: Float64Array, options: GptqOptions): GptqResult {
  const { rows, columns, values } = weights;
  const rtn: RtnOptions = { kind: 'int4', group: options.group, clip: options.clip };
  const energy = Float64Array.from({ length: columns }, (_, k) => hessian[k * columns + k]);
  const scales = findScales(weights, { ...rtn, energy });
  const groupSize = options.group === 0 ? columns : options.group;
  const order = columnOrder(weights, energy, options.actOrder);
  const factor = orderedFactor(hessian, order);
  const isLeftOut = (k: number) => isExcluded(weights, k);
  const roundedColumns = order.length - order.filter(isLeftOut).length;
  const codes = new Int8Array(rows * columns);
  const adjusted = new Float32Array(rows * columns);
  const row = new Float64Array(columns);
  for (let m = 0; m < rows; m++) {
    const first = m * columns;
    // Inputs that never occur: their weights do not matter.
    for (let i = 0; i < columns; i++) row[i] = energy[order[i]] === 0 ? 0 : values[first + order[i]];
    roundRow(row, roundedColumns, factor, (i, value) => {
      const at = first + order[i];
      const scale = scales[Math.floor(at / groupSize)];
      codes[at] = roundCode(value, scale, LOW, HIGH);
      return codes[at] * scale;
    });
    for (let i = roundedColumns; i < columns; i++) adjusted[first + order[i]] = row[i];
  }
  return { coded: { kind: 'int4', codes, scales, groupSize }, adjusted };
}

/** Columns in the order of rounding; excluded ones last. */
function columnOrder(weights: Weights, energy: Float64Array, actOrder: boolean): number[] {
  const order = Array.from({ length: weights.columns }, (_, k) => k);
  if (actOrder) order.sort((a, b) => energy[b] - energy[a]);
  const isLeftOut = (k: number) => isExcluded(weights, k);
  return [...order.filter((k) => !isLeftOut(k)), ...order.filter(isLeftOut)];
}

/** U with H^-1 = U^T U for the damped Hessian in that order of columns; more damping until it can be factorised. */
function orderedFactor(hessian: Float64Array, order: readonly number[]): Float64Array {
  const n = order.length;
  let trace = 0;
  for (let k = 0; k < n; k++) trace += hessian[k * n + k];
  for (let damping = DAMPING; ; damping *= 10) {
    const extra = Math.max((damping * trace) / n, Number.MIN_VALUE);
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      const row = order[i] * n;
      for (let j = 0; j < n; j++) matrix[i * n + j] = hessian[row + order[j]];
      const diagonal = matrix[i * n + i];
      matrix[i * n + i] = (diagonal === 0 ? Math.max(trace / n, 1) : diagonal) + extra;
    }
    const factor = inverseFactor(matrix, n);
    if (factor !== null) return factor;
  }
}

/** Rounds row[0, count); the rest of the row takes the errors. */
function roundRow(
  row: Float64Array,
  count: number,
  factor: Float64Array,
  round: (index: number, value: number) => number,
): void {
  const n = row.length;
  const errors = new Float64Array(BLOCK);
  for (let start = 0; start < count; start += BLOCK) {
    const end = Math.min(start + BLOCK, count);
    for (let i = start; i < end; i++) {
      const error = (row[i] - round(i, row[i])) / factor[i * n + i];
      errors[i - start] = error;
      for (let j = i + 1; j < end; j++) row[j] -= error * factor[i * n + j];
    }
    for (let i = start; i < end; i++) {
      const error = errors[i - start];
      for (let j = end; j < n; j++) row[j] -= error * factor[i * n + j];
    }
  }
}
