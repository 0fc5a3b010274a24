// Plain f64 oracle of block-merge.
import { type QuantizedOracle, quantizeOracle } from '../block-oracle-case.ts';

/** Joins splits of partial[H, splitsMax, Dh + 4] and quantises with the gain. */
export function blockMergeReference(operands: {
  readonly partial: Float32Array;
  readonly gain: Float32Array | null;
  readonly heads: number;
  readonly headDim: number;
  readonly splits: number;
  readonly splitsMax: number;
}): { readonly y: Float64Array; readonly quantized: QuantizedOracle } {
  const { partial, gain, heads, headDim, splits, splitsMax } = operands;
  const y = new Float64Array(heads * headDim);
  for (let h = 0; h < heads; h++) {
    const row = (i: number) => (h * splitsMax + i) * (headDim + 4);
    const live = Array.from({ length: splits }, (_, i) => row(i));
    const largest = Math.max(...live.map((at) => partial[at + headDim]));
    const weights = live.map((at) => Math.exp(partial[at + headDim] - largest));
    const total = live.reduce((sum, at, i) => sum + weights[i] * partial[at + headDim + 1], 0);
    for (let d = 0; d < headDim; d++) {
      y[h * headDim + d] = live.reduce((sum, at, i) => sum + weights[i] * partial[at + d], 0) / total;
    }
  }
  return { y, quantized: quantizeOracle(y, (i) => gain?.[i] ?? 1) };
}
