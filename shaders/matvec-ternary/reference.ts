// Plain oracle of matvec-ternary: integer sums, f64 scales.

/** Operands of a ternary linear layer for one token. */
export interface TernaryOperands {
  /** [M, K] in {-1, 0, 1}. */
  readonly codes: Int8Array;
  /** [M]. */
  readonly rowScale: Float32Array;
  /** [K] int8 activations. */
  readonly q: Int8Array;
  readonly qScale: number;
}

/** y[M] = (codes . q) * qScale * rowScale, in exact integers and f64. */
export function matvecTernaryReference({ codes, rowScale, q, qScale }: TernaryOperands): Float64Array {
  const M = rowScale.length;
  const K = q.length;
  const y = new Float64Array(M);
  for (let m = 0; m < M; m++) {
    let sum = 0;
    for (let k = 0; k < K; k++) sum += codes[m * K + k] * q[k];
    y[m] = sum * qScale * rowScale[m];
  }
  return y;
}
