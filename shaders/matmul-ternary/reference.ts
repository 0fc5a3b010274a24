// Plain oracle of matmul-ternary: integer sums, f64 scales.

/** Operands of a ternary linear layer for T tokens. */
export interface TernaryMatmulOperands {
  /** [M, K] in {-1, 0, 1}. */
  readonly codes: Int8Array;
  /** [M]. */
  readonly rowScale: Float32Array;
  /** [T, K] int8 activations. */
  readonly q: Int8Array;
  /** [T]. */
  readonly qScale: Float32Array;
}

/** y[T, M] = (q . codes) * qScale[T] * rowScale[M], in exact integers and f64. */
export function matmulTernaryReference({ codes, rowScale, q, qScale }: TernaryMatmulOperands): Float64Array {
  const M = rowScale.length;
  const T = qScale.length;
  const K = q.length / T;
  const y = new Float64Array(T * M);
  for (let t = 0; t < T; t++) {
    for (let m = 0; m < M; m++) {
      let sum = 0;
      for (let k = 0; k < K; k++) sum += codes[m * K + k] * q[t * K + k];
      y[t * M + m] = sum * qScale[t] * rowScale[m];
    }
  }
  return y;
}
