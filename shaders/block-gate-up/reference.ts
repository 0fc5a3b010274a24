// Plain f64 oracle of block-gate-up.
import {
  type BlockProduct,
  blockProductOracle,
  type QuantizedOracle,
  quantizeOracle,
} from '../block-oracle-case.ts';

/** act(G) * U of the two halves of the rows, quantised with the gain. */
export function blockGateUpReference(
  operands: BlockProduct & {
    readonly gain: Float32Array | null;
    readonly activation: 'squared-relu' | 'silu';
  },
): { readonly h: Float64Array; readonly quantized: QuantizedOracle; readonly magnitude: number } {
  const { y, magnitude } = blockProductOracle(operands);
  const { gain, activation } = operands;
  const f = y.length / 2;
  const act = (g: number) => (activation === 'silu' ? g / (1 + Math.exp(-g)) : Math.max(g, 0) ** 2);
  const h = Float64Array.from({ length: f }, (_, i) => act(y[i]) * y[f + i]);
  return { h, quantized: quantizeOracle(h, (i) => gain?.[i] ?? 1), magnitude };
}
