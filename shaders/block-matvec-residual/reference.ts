// Plain f64 oracle of block-matvec-residual.
import {
  type BlockProduct,
  blockProductOracle,
  type QuantizedOracle,
  quantizeOracle,
} from '../block-oracle-case.ts';

/** x + product, quantised with the gain. */
export function blockMatvecResidualReference(
  operands: BlockProduct & { readonly x: Float32Array; readonly gain: Float32Array },
): { readonly x: Float64Array; readonly quantized: QuantizedOracle; readonly magnitude: number } {
  const { y, magnitude } = blockProductOracle(operands);
  const x = y.map((value, m) => value + operands.x[m]);
  return { x, quantized: quantizeOracle(x, (m) => operands.gain[m]), magnitude };
}
