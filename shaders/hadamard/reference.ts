// Plain f64 oracle of hadamard: a product with the dense matrix.

/** Operands of the transform. */
export interface HadamardOperands {
  /** [T, K]. */
  readonly x: Float32Array;
  readonly k: number;
  readonly block: number;
  /** [K]; null: ones. */
  readonly diagonal: Float32Array | null;
  /** Of the RMS norm; null: no norm. */
  readonly epsilon: number | null;
}

/** Entry (i, j) of the orthonormal Sylvester-Walsh-Hadamard matrix of order `block`. */
export function hadamardEntry(i: number, j: number, block: number): number {
  let odd = false;
  for (let bits = i & j; bits !== 0; bits &= bits - 1) odd = !odd;
  return (odd ? -1 : 1) / Math.sqrt(block);
}

/** [T, K]: H (x * diagonal / rms(x)), block by block. */
export function hadamardReference(operands: HadamardOperands): Float64Array {
  const { x, k: K, block, diagonal, epsilon } = operands;
  const out = new Float64Array(x.length);
  const matrix = Float64Array.from({ length: block * block }, (_, at) =>
    hadamardEntry(Math.floor(at / block), at % block, block),
  );
  for (let t = 0; t < x.length / K; t++) {
    const row = Float64Array.from(x.subarray(t * K, (t + 1) * K));
    const meanSquare = row.reduce((sum, value) => sum + value * value, 0) / K;
    const factor = epsilon === null ? 1 : 1 / Math.sqrt(meanSquare + epsilon);
    const y = row.map((value, k) => value * factor * (diagonal?.[k] ?? 1));
    for (let k = 0; k < K; k++) {
      const first = k - (k % block);
      for (let j = 0; j < block; j++) out[t * K + k] += matrix[(k % block) * block + j] * y[first + j];
    }
  }
  return out;
}
