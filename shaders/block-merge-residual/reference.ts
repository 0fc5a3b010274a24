// Plain f64 oracle of block-merge-residual.
import {
  type BlockProduct,
  blockProductOracle,
  mergeOracle,
  type QuantizedOracle,
  quantizeOracle,
  type SplitSums,
} from '../block-oracle-case.ts';

/** Operands: the splits, and of the product all but its input. */
export type BlockMergeResidualOperands = SplitSums &
  Omit<BlockProduct, 'q' | 'act'> & {
    readonly subGain: Float32Array | null;
    readonly x: Float32Array;
    readonly gain: Float32Array;
  };

/** The merged input quantised, its product added to x, and x quantised. `inputCodes`: the input before rounding. */
export function blockMergeResidualReference(operands: BlockMergeResidualOperands): {
  readonly x: Float64Array;
  readonly quantized: QuantizedOracle;
  readonly magnitude: number;
  readonly input: QuantizedOracle;
} {
  const input = quantizeOracle(mergeOracle(operands), (i) => operands.subGain?.[i] ?? 1);
  const product = { ...operands, q: input.codes, act: Float32Array.from(input.act) };
  const { y, magnitude } = blockProductOracle(product);
  const x = y.map((value, m) => value + operands.x[m]);
  return { x, quantized: quantizeOracle(x, (m) => operands.gain[m]), magnitude, input };
}
