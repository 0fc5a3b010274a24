// Plain f64 oracle of quantize.

/** Result of the oracle for T tokens. */
export interface QuantizedTokens {
  /** [T, K] codes, ties to even. */
  readonly codes: Int8Array;
  /** [T, K] values before rounding. */
  readonly preRounding: Float64Array;
  /** [T]. */
  readonly scales: Float64Array;
}

/** Absmax int8 quantisation of x[T, K] in f64, ties to even. */
export function quantizeReference(x: Float32Array, K: number): QuantizedTokens {
  const T = x.length / K;
  const codes = new Int8Array(x.length);
  const preRounding = new Float64Array(x.length);
  const scales = new Float64Array(T);
  for (let t = 0; t < T; t++) {
    const row = x.subarray(t * K, (t + 1) * K);
    const absmax = row.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-5);
    row.forEach((value, k) => {
      const scaled = (value * 127) / absmax;
      const floor = Math.floor(scaled);
      preRounding[t * K + k] = scaled;
      codes[t * K + k] = scaled - floor === 0.5 && floor % 2 === 0 ? floor : Math.round(scaled);
    });
    scales[t] = absmax / 127;
  }
  return { codes, preRounding, scales };
}
