// Rounds the matrices that share one input by their methods, and takes their outliers out.

import { decodeF16, encodeF16 } from '../quant/f16/format.ts';
import { type CodedMatrix, dequantize, type Weights } from './codes.ts';
import { roundBinary, roundTernary } from './few-bits.ts';
import type { FloatMatrix } from './float-layer.ts';
import { roundGptq } from './gptq.ts';
import {
  addChannels,
  addSparse,
  type ChannelOutliers,
  channelMask,
  chooseChannels,
  chooseSparse,
  encodeChannels,
  encodeSparse,
  outlierChannelCount,
  type SparseOutliers,
  weightedErrors,
} from './outliers.ts';
import { type Method, type Outliers, takesOutliers } from './recipe.ts';
import { roundToNearest, roundWithOneScale } from './rtn.ts';

/** What calibration knows of the input of some matrices. */
export interface InputStatistics {
  /** [columns] sum of squares of each input. */
  readonly energy: Float64Array;
  /** [columns, columns] f64 sum of x x^T; null when no method needs it. */
  readonly hessian: Float64Array | null;
}

/** A rounded matrix. */
export interface QuantizedMatrix {
  /** Null for floats. */
  readonly coded: CodedMatrix | null;
  /** [rows, columns] f32: what a reader of the file will see, outliers included. */
  readonly values: Float32Array;
  readonly channels: ChannelOutliers | null;
  readonly sparse: SparseOutliers | null;
}

/** One matrix with its method. */
export interface MatrixTask {
  readonly matrix: FloatMatrix;
  readonly method: Method;
}

/**
 * Rounds matrices with a common input; they share their outlier channels, so that an engine gathers them once.
 * @param statistics null without calibration; needed by int4-gptq
 */
export function quantizeTogether(
  tasks: readonly MatrixTask[],
  outliers: Outliers | null,
  statistics: InputStatistics | null,
): QuantizedMatrix[] {
  const index =
    outliers?.structure === 'channels' ? sharedChannels(tasks, outliers.percent, statistics) : null;
  return tasks.map(({ matrix, method }) => {
    if (outliers === null || !takesOutliers(method)) return quantizePlain(matrix, method, statistics);
    if (index !== null) return quantizeWithChannels(matrix, method, index, statistics);
    return quantizeWithSparse(matrix, method, outliers, statistics);
  });
}

function sharedChannels(
  tasks: readonly MatrixTask[],
  percent: number,
  statistics: InputStatistics | null,
): Int32Array | null {
  const taking = tasks.filter(({ method }) => takesOutliers(method));
  if (taking.length === 0) return null;
  const { columns } = taking[0].matrix;
  const energy = statistics?.energy ?? null;
  const errors = taking.map(({ matrix, method }) => {
    const weights = { ...matrix, excluded: null };
    return weightedErrors(weights, roundFast(weights, method), energy);
  });
  return chooseChannels(errors, columns, outlierChannelCount(columns, percent));
}

function quantizePlain(
  matrix: FloatMatrix,
  method: Method,
  statistics: InputStatistics | null,
): QuantizedMatrix {
  const none = { channels: null, sparse: null };
  if (method.kind === 'keep' || method.kind === 'f32') return { coded: null, values: matrix.values, ...none };
  if (method.kind === 'f16') return { coded: null, values: decodeF16(encodeF16(matrix.values)), ...none };
  const { coded } = round({ ...matrix, excluded: null }, method, statistics);
  return { coded, values: dequantize(coded), ...none };
}

function quantizeWithChannels(
  matrix: FloatMatrix,
  method: Method,
  index: Int32Array,
  statistics: InputStatistics | null,
): QuantizedMatrix {
  const { columns } = matrix;
  const weights = { ...matrix, excluded: channelMask(index, columns) };
  const { coded, adjusted } = round(weights, method, statistics);
  const values = dequantize(coded);
  const channels = encodeChannels(adjusted ?? matrix.values, values, columns, index);
  addChannels(values, columns, channels);
  return { coded, values, channels, sparse: null };
}

function quantizeWithSparse(
  matrix: FloatMatrix,
  method: Method,
  outliers: Outliers,
  statistics: InputStatistics | null,
): QuantizedMatrix {
  const slots = outliers.structure === 'channels' ? 0 : outliers.slots;
  const plain = { ...matrix, excluded: null };
  const errors = weightedErrors(plain, roundFast(plain, method), statistics?.energy ?? null);
  const weights = { ...matrix, excluded: chooseSparse(errors, slots) };
  const { coded } = round(weights, method, statistics);
  const values = dequantize(coded);
  const sparse = encodeSparse(weights, values, slots);
  addSparse(values, matrix.columns, sparse, slots);
  return { coded, values, channels: null, sparse };
}

/**
 * Squared error of rounding a matrix by the fast form of its method, over the sum of squares of its weights. Outliers that
 * a recipe would take out count as rounded.
 */
export function roundingError(matrix: FloatMatrix, method: Method): number {
  const rounded = dequantize(roundFast({ ...matrix, excluded: null }, method));
  let [error, total] = [0, 0];
  for (let at = 0; at < rounded.length; at++) {
    error += (matrix.values[at] - rounded[at]) ** 2;
    total += matrix.values[at] ** 2;
  }
  return total === 0 ? 0 : error / total;
}

/** The rounding that chooses outliers: GPTQ's own would take long and spread the errors over all columns. */
function roundFast(weights: Weights, method: Method): CodedMatrix {
  const fast: Method = method.kind === 'int4-gptq' ? { ...method, kind: 'int4-rtn' } : method;
  return round(weights, fast, null).coded;
}

interface Rounded {
  readonly coded: CodedMatrix;
  /** As in GptqResult; absent for methods that change no other weights. */
  readonly adjusted?: Float32Array;
}

function round(weights: Weights, method: Method, statistics: InputStatistics | null): Rounded {
  switch (method.kind) {
    case 'int8': {
      const isPerColumn = method.axis === 'column';
      return {
        coded: isPerColumn ? roundWithOneScale(weights) : roundToNearest(weights, { kind: 'int8', group: 0 }),
      };
    }
    case 'int4-rtn': {
      const { group, clip } = method;
      return { coded: roundToNearest(weights, { kind: 'int4', group, clip, energy: statistics?.energy }) };
    }
    case 'int4-gptq':
      if (!statistics?.hessian) throw new Error('GPTQ without a Hessian: the plan checks that there is one');
      return roundGptq(weights, statistics.hessian, method);
    case 'ternary':
      return { coded: roundTernary(weights, method.group) };
    case 'binary':
      return { coded: roundBinary(weights, method.group) };
    default:
      throw new Error(`${method.kind} has no codes`);
  }
}
