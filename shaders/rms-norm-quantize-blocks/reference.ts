// Plain f64 oracle of rms-norm-quantize-blocks.

/** Result of the oracle for T tokens. */
export interface NormedBlocks {
  /** [T, K] codes, ties to even. */
  readonly codes: Int8Array;
  /** [T, K] values before rounding. */
  readonly preRounding: Float64Array;
  /** [T, K / block]. */
  readonly scales: Float64Array;
}

/** What to norm and quantise. */
export interface NormedBlocksInput {
  /** [T, K] */
  readonly x: Float32Array;
  /** [K] */
  readonly gain: Float32Array;
  readonly block: number;
  readonly epsilon: number;
}

/** RMSNorm with gain, then absmax int8 quantisation of blocks of columns, in f64. */
export function rmsNormQuantizeBlocksReference({ x, gain, block, epsilon }: NormedBlocksInput): NormedBlocks {
  const K = gain.length;
  const codes = new Int8Array(x.length);
  const preRounding = new Float64Array(x.length);
  const scales = new Float64Array(x.length / block);
  for (let first = 0; first < x.length; first += block) {
    const row = x.subarray(first - (first % K), first - (first % K) + K);
    const meanSquare = row.reduce((sum, value) => sum + value * value, 0) / K;
    const r = 1 / Math.sqrt(meanSquare + epsilon);
    const normed = Array.from({ length: block }, (_, i) => x[first + i] * r * gain[(first + i) % K]);
    const absmax = Math.max(...normed.map(Math.abs));
    scales[first / block] = absmax / 127;
    normed.forEach((value, i) => {
      const exact = absmax === 0 ? 0 : (value * 127) / absmax;
      const floor = Math.floor(exact);
      preRounding[first + i] = exact;
      codes[first + i] = exact - floor === 0.5 && floor % 2 === 0 ? floor : Math.round(exact);
    });
  }
  return { codes, preRounding, scales };
}
