// Plain f64 oracle of matvec-int8.

/** Operands. */
export interface MatvecInt8Operands {
  /** [M, K] codes. */
  readonly values: ArrayLike<number>;
  /** [M, K / group]. */
  readonly rowScale: Float32Array;
  /** [M, K / group]. */
  readonly rowMin: Float32Array;
  /** [K] int8 activations. */
  readonly q: Int8Array;
  /** [K / block]. */
  readonly qScale: Float32Array;
  readonly group: number;
  readonly block: number;
}

/** Result with the size of what was added, for error bounds. */
export interface MatvecInt8Result {
  /** [M]. */
  readonly y: Float64Array;
  /** Largest over outputs of the sum of |scale W q_scale q| + |minimum q_scale q|. */
  readonly magnitude: number;
}

/** y[M] = sum over K of (rowScale * values + rowMin) * qScale * q. */
export function matvecInt8Reference(operands: MatvecInt8Operands): MatvecInt8Result {
  const { values, rowScale, rowMin, q, qScale, group, block } = operands;
  const K = q.length;
  const M = values.length / K;
  const y = new Float64Array(M);
  let magnitude = 0;
  for (let m = 0; m < M; m++) {
    let size = 0;
    for (let k = 0; k < K; k++) {
      const at = m * (K / group) + Math.floor(k / group);
      const x = qScale[Math.floor(k / block)] * q[k];
      const product = rowScale[at] * values[m * K + k] * x;
      y[m] += product + rowMin[at] * x;
      size += Math.abs(product) + Math.abs(rowMin[at] * x);
    }
    magnitude = Math.max(magnitude, size);
  }
  return { y, magnitude };
}
