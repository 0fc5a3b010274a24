// Plain f64 oracle of block-embed.
import { type QuantizedOracle, quantizeOracle } from '../block-oracle-case.ts';

/** One row of a table [rows, k] with scales [rows, k / group], quantised with the gain. */
export function blockEmbedReference(operands: {
  readonly values: ArrayLike<number>;
  readonly rowScale: Float32Array;
  readonly group: number;
  readonly gain: Float32Array;
  readonly row: number;
}): { readonly x: Float64Array; readonly quantized: QuantizedOracle } {
  const { values, rowScale, group, gain, row } = operands;
  const k = gain.length;
  const x = Float64Array.from(
    { length: k },
    (_, i) => values[row * k + i] * rowScale[row * (k / group) + Math.floor(i / group)],
  );
  return { x, quantized: quantizeOracle(x, (i) => gain[i]) };
}
