// Rounding to nearest with a symmetric scale for each row or group: int4 (-8 to 7, s = max |w| / 7) and int8
// (-127 to 127, s = max |w| / 127), ties to even. With clip search, the scale of least squared error of 40 shares of it.

import { roundTiesToEven } from '../util/float16.ts';
import { type CodedMatrix, isExcluded, type Weights } from './codes.ts';

/** Smallest scale of int4, as QuaRot's: keeps rows of zeros finite. */
const MIN_MAXIMUM = 1e-5;
const CLIP_STEPS = 40;
const CLIP_STEP = 0.02;
const RANGES = { int4: { low: -8, high: 7 }, int8: { low: -127, high: 127 } } as const;

/** Options of roundToNearest. */
export interface RtnOptions {
  readonly kind: 'int4' | 'int8';
  /** Columns that share one scale; 0: the row. */
  readonly group: number;
  /** Search a smaller scale. Default false. */
  readonly clip?: boolean;
  /** [columns] mean square of each input, which weighs errors in the search. Default: all alike. */
  readonly energy?: Float64Array | null;
}

/** Codes of a matrix; excluded weights have the code 0. */
export function roundToNearest(weights: Weights, options: RtnOptions): CodedMatrix {
  const { rows, columns, values } = weights;
  const { kind } = options;
  const { low, high } = RANGES[kind];
  const groupSize = options.group === 0 ? columns : options.group;
  const scales = findScales(weights, options);
  const codes = new Int8Array(rows * columns);
  for (let at = 0; at < codes.length; at++) {
    if (isExcluded(weights, at)) continue;
    codes[at] = roundCode(values[at], scales[Math.floor(at / groupSize)], low, high);
  }
  return { kind, codes, scales, groupSize };
}

/** Nearest code in a range. */
export function roundCode(value: number, scale: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, roundTiesToEven(value / scale)));
}

/** [rows, columns / group] f32 scales. */
export function findScales(weights: Weights, options: RtnOptions): Float32Array {
  const { rows, columns } = weights;
  const { high } = RANGES[options.kind];
  const groupSize = options.group === 0 ? columns : options.group;
  return Float32Array.from({ length: (rows * columns) / groupSize }, (_, group) => {
    const first = group * groupSize;
    const largest = Math.max(largestMagnitude(weights, first, groupSize), MIN_MAXIMUM);
    const scale = Math.fround(largest / high);
    return options.clip ? searchScale(weights, { first, count: groupSize, scale }, options) : scale;
  });
}

function largestMagnitude(weights: Weights, first: number, count: number): number {
  let largest = 0;
  for (let at = first; at < first + count; at++) {
    if (!isExcluded(weights, at)) largest = Math.max(largest, Math.abs(weights.values[at]));
  }
  return largest;
}

interface ScaleGroup {
  readonly first: number;
  readonly count: number;
  readonly scale: number;
}

function searchScale(weights: Weights, group: ScaleGroup, options: RtnOptions): number {
  let best = group.scale;
  let least = Number.POSITIVE_INFINITY;
  for (let step = 0; step < CLIP_STEPS; step++) {
    const scale = Math.fround(group.scale * (1 - step * CLIP_STEP));
    const error = squaredError(weights, { ...group, scale }, options);
    if (error < least) {
      least = error;
      best = scale;
    } else if (error > 2 * least) break; // far past the minimum
  }
  return best;
}

function squaredError(
  weights: Weights,
  { first, count, scale }: ScaleGroup,
  { kind, energy }: RtnOptions,
): number {
  const { low, high } = RANGES[kind];
  let sum = 0;
  for (let at = first; at < first + count; at++) {
    if (isExcluded(weights, at)) continue;
    const value = weights.values[at];
    const error = value - scale * roundCode(value, scale, low, high);
    sum += error * error * (energy?.[at % weights.columns] ?? 1);
  }
  return sum;
}

/** Int8 with one scale for the whole matrix: what is left of int8 per column once its scales are folded away. */
export function roundWithOneScale(weights: Weights): CodedMatrix {
  const { rows, columns, values } = weights;
  const { low, high } = RANGES.int8;
  const largest = Math.max(largestMagnitude(weights, 0, values.length), MIN_MAXIMUM);
  const scale = Math.fround(largest / high);
  const codes = Int8Array.from(values, (value) => roundCode(value, scale, low, high));
  return { kind: 'int8', codes, scales: new Float32Array(rows).fill(scale), groupSize: columns };
}
