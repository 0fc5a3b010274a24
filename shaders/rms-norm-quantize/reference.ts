// Plain f64 oracle of rms-norm-quantize.

/** Result of the oracle for T tokens. */
export interface QuantizedRows {
  /** [T, K] codes, ties to even. */
  readonly codes: Int8Array;
  /** [T, K] values before rounding. */
  readonly preRounding: Float64Array;
  /** [T]. */
  readonly scales: Float64Array;
}

/** RMSNorm with gain and absmax int8 quantisation of x[T, K], in f64. */
export function rmsNormQuantizeReference(
  x: Float32Array,
  gain: Float32Array,
  epsilon: number,
): QuantizedRows {
  const K = gain.length;
  const T = x.length / K;
  const codes = new Int8Array(T * K);
  const preRounding = new Float64Array(T * K);
  const scales = new Float64Array(T);
  for (let t = 0; t < T; t++) {
    let sum = 0;
    for (let k = 0; k < K; k++) sum += x[t * K + k] ** 2;
    const r = 1 / Math.sqrt(sum / K + epsilon);
    let absmax = 1e-5;
    for (let k = 0; k < K; k++) absmax = Math.max(absmax, Math.abs(x[t * K + k] * gain[k] * r));
    for (let k = 0; k < K; k++) {
      const value = (x[t * K + k] * gain[k] * r * 127) / absmax;
      preRounding[t * K + k] = value;
      codes[t * K + k] = Math.max(-128, Math.min(127, roundTiesToEven(value)));
    }
    scales[t] = absmax / 127;
  }
  return { codes, preRounding, scales };
}

function roundTiesToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
