// Plain f64 oracle of hadamard-quantize: a product with the dense matrix, then absmax int8.

/** Operands of transform and quantisation. */
export interface HadamardQuantizeOperands {
  /** [T, K]. */
  readonly x: Float32Array;
  readonly k: number;
  readonly block: number;
  /** Columns per scale. */
  readonly group: number;
  /** [K]; null: ones. */
  readonly diagonal: Float32Array | null;
  /** Of the RMS norm; null: no norm. */
  readonly epsilon: number | null;
}

/** Result of the oracle. */
export interface HadamardCodes {
  /** [T, K] codes, ties to even. */
  readonly codes: Int8Array;
  /** [T, K] values before rounding. */
  readonly preRounding: Float64Array;
  /** [T, K / group]. */
  readonly scales: Float64Array;
}

/** Codes of H (x * diagonal / rms(x)). One group per token has BitLinear's floor of 1e-5 under its maximum. */
export function hadamardQuantizeReference(operands: HadamardQuantizeOperands): HadamardCodes {
  const { x, k: K, group } = operands;
  const z = rotate(operands);
  const preRounding = new Float64Array(x.length);
  const scales = new Float64Array(x.length / group);
  for (let g = 0; g < scales.length; g++) {
    let absmax = group === K ? 1e-5 : 0;
    for (let i = g * group; i < (g + 1) * group; i++) absmax = Math.max(absmax, Math.abs(z[i]));
    scales[g] = absmax / 127;
    for (let i = g * group; i < (g + 1) * group; i++) preRounding[i] = absmax > 0 ? (z[i] * 127) / absmax : 0;
  }
  return { codes: Int8Array.from(preRounding, roundTiesToEven), preRounding, scales };
}

function rotate({ x, k: K, block, diagonal, epsilon }: HadamardQuantizeOperands): Float64Array {
  const z = new Float64Array(x.length);
  for (let t = 0; t < x.length / K; t++) {
    let squares = 0;
    for (let k = 0; k < K; k++) squares += x[t * K + k] ** 2;
    const factor = (epsilon === null ? 1 : 1 / Math.sqrt(squares / K + epsilon)) / Math.sqrt(block);
    for (let k = 0; k < K; k++) {
      const first = k - (k % block);
      for (let j = 0; j < block; j++) {
        const y = x[t * K + first + j] * (diagonal?.[first + j] ?? 1);
        z[t * K + k] += isOdd((k % block) & j) ? -y : y;
      }
      z[t * K + k] *= factor;
    }
  }
  return z;
}

// Whether the number of set bits is odd.
function isOdd(bits: number): boolean {
  let odd = false;
  for (let rest = bits; rest !== 0; rest &= rest - 1) odd = !odd;
  return odd;
}

function roundTiesToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
