// Plain f64 oracle of block-merge.
import { mergeOracle, type QuantizedOracle, quantizeOracle, type SplitSums } from '../block-oracle-case.ts';

/** Joins splits of partial[H, splitsMax, Dh + 4] and quantises with the gain. */
export function blockMergeReference(operands: SplitSums & { readonly gain: Float32Array | null }): {
  readonly y: Float64Array;
  readonly quantized: QuantizedOracle;
} {
  const y = mergeOracle(operands);
  return { y, quantized: quantizeOracle(y, (i) => operands.gain?.[i] ?? 1) };
}
