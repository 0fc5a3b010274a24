// Plain f64 oracle of matmul-int8.

/** Operands. */
export interface MatmulInt8Operands {
  /** [M, K] codes. */
  readonly values: ArrayLike<number>;
  /** [M, K / group]. */
  readonly rowScale: Float32Array;
  /** [M, K / group]. */
  readonly rowMin: Float32Array;
  /** [T, K] int8 activations. */
  readonly q: Int8Array;
  /** [T, K / block]. */
  readonly qScale: Float32Array;
  readonly k: number;
  readonly group: number;
  readonly block: number;
}

/** Result with the size of what was added, for error bounds. */
export interface MatmulInt8Result {
  /** [T, M]. */
  readonly y: Float64Array;
  /** Largest over outputs of the sum of |scale W q_scale q| + |minimum q_scale q|. */
  readonly magnitude: number;
}

/** y[T, M] = sum over K of (rowScale * values + rowMin) * qScale * q. */
export function matmulInt8Reference(operands: MatmulInt8Operands): MatmulInt8Result {
  const { values, rowScale, rowMin, q, qScale, k: K, group, block } = operands;
  const M = values.length / K;
  const T = q.length / K;
  const y = new Float64Array(T * M);
  let magnitude = 0;
  for (let t = 0; t < T; t++) {
    for (let m = 0; m < M; m++) {
      let size = 0;
      for (let k = 0; k < K; k++) {
        const at = m * (K / group) + Math.floor(k / group);
        const x = qScale[t * (K / block) + Math.floor(k / block)] * q[t * K + k];
        const product = rowScale[at] * values[m * K + k] * x;
        y[t * M + m] += product + rowMin[at] * x;
        size += Math.abs(product) + Math.abs(rowMin[at] * x);
      }
      magnitude = Math.max(magnitude, size);
    }
  }
  return { y, magnitude };
}
