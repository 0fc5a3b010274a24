// Ternary by absmean (BitNet b1.58, arXiv 2402.17764) and binary by sign times mean (XNOR-Net, arXiv 1603.05279).

import { f16ToF32, f32ToF16 } from '../util/float16.ts';
import { type CodedMatrix, isExcluded, type Weights } from './codes.ts';
import { roundCode } from './rtn.ts';

const MIN_SCALE = 1e-5;

/**
 * -s, 0, +s with s = mean |w|. Weights that are ternary already keep their magnitude: their mean would shrink them by
 * the share of zeros. Excluded weights have the code 0.
 * @param group columns that share a scale, which is then one of binary16; 0: one f32 scale for the matrix
 */
export function roundTernary(weights: Weights, group: number): CodedMatrix {
  const { rows, columns, values } = weights;
  const groupSize = group === 0 ? columns : group;
  const scales = new Float32Array((rows * columns) / groupSize);
  if (group === 0) {
    scales.fill(Math.fround(Math.max(ternaryScale(weights, 0, values.length), MIN_SCALE)));
  } else {
    for (let index = 0; index < scales.length; index++) {
      scales[index] = toHalf(Math.max(ternaryScale(weights, index * groupSize, groupSize), MIN_SCALE));
    }
  }
  const codes = new Int8Array(values.length);
  for (let at = 0; at < codes.length; at++) {
    if (!isExcluded(weights, at))
      codes[at] = roundCode(values[at], scales[Math.floor(at / groupSize)], -1, 1);
  }
  return { kind: 'ternary', codes, scales, groupSize };
}

/**
 * -s, +s with s = mean |w|, one of binary16; zero counts as positive. Excluded weights count for no scale but have a sign.
 * @param group columns that share a scale; 0: the row
 */
export function roundBinary(weights: Weights, group: number): CodedMatrix {
  const { rows, columns, values } = weights;
  const groupSize = group === 0 ? columns : group;
  const scales = Float32Array.from({ length: (rows * columns) / groupSize }, (_, index) =>
    toHalf(meanMagnitude(weights, index * groupSize, groupSize).mean),
  );
  const codes = Int8Array.from(values, (value) => (value >= 0 ? 1 : -1));
  return { kind: 'binary', codes, scales, groupSize };
}

function ternaryScale(weights: Weights, first: number, count: number): number {
  const { mean, only } = meanMagnitude(weights, first, count);
  return only ?? mean;
}

/** Mean of the magnitudes, and the only one other than zero if there is just one. */
function meanMagnitude(
  weights: Weights,
  first: number,
  count: number,
): { readonly mean: number; readonly only: number | null } {
  let sum = 0;
  let counted = 0;
  let only: number | null = 0;
  for (let at = first; at < first + count; at++) {
    if (isExcluded(weights, at)) continue;
    const size = Math.abs(weights.values[at]);
    sum += size;
    counted++;
    if (size === 0 || size === only) continue;
    only = only === 0 ? size : null;
  }
  return { mean: counted === 0 ? 0 : sum / counted, only: only === 0 ? null : only };
}

function toHalf(value: number): number {
  return f16ToF32(f32ToF16(value));
}
