// Plain f64 oracle of quantize-blocks.

/** Result of the oracle. */
export interface QuantizedBlocks {
  /** As x; codes, ties to even. */
  readonly codes: Int8Array;
  /** As x; values before rounding. */
  readonly preRounding: Float64Array;
  /** One per block. */
  readonly scales: Float64Array;
}

/** Absmax int8 quantisation of consecutive blocks of x, in f64. */
export function quantizeBlocksReference(x: Float32Array, block: number): QuantizedBlocks {
  const codes = new Int8Array(x.length);
  const preRounding = new Float64Array(x.length);
  const scales = new Float64Array(x.length / block);
  for (let b = 0; b < scales.length; b++) {
    const values = x.subarray(b * block, (b + 1) * block);
    const absmax = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    scales[b] = absmax / 127;
    values.forEach((value, i) => {
      const exact = absmax === 0 ? 0 : (value * 127) / absmax;
      const floor = Math.floor(exact);
      const tie = exact - floor === 0.5;
      preRounding[b * block + i] = exact;
      codes[b * block + i] = tie && floor % 2 === 0 ? floor : Math.round(exact);
    });
  }
  return { codes, preRounding, scales };
}
