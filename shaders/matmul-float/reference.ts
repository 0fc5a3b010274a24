// Plain f64 oracle of matmul-float.

/** Operands. */
export interface MatmulFloatOperands {
  /** [M, K] values before the scale. */
  readonly values: ArrayLike<number>;
  /** [M, K / group]. */
  readonly rowScale: Float32Array;
  /** [M, K / group]. */
  readonly rowMin: Float32Array;
  /** [T, K]. */
  readonly x: Float32Array;
  readonly k: number;
  readonly group: number;
}

/** Result with the size of what was added, for error bounds. */
export interface MatmulFloatResult {
  /** [T, M]. */
  readonly y: Float64Array;
  /** Largest over outputs of the sum of |scale W x| + |minimum x|. */
  readonly magnitude: number;
}

/** y[T, M] = sum over K of (rowScale * values + rowMin)[M, K] * x[T, K]. */
export function matmulFloatReference(operands: MatmulFloatOperands): MatmulFloatResult {
  const { values, rowScale, rowMin, x, k: K, group } = operands;
  const M = values.length / K;
  const T = x.length / K;
  const y = new Float64Array(T * M);
  let magnitude = 0;
  for (let t = 0; t < T; t++) {
    for (let m = 0; m < M; m++) {
      let sum = 0;
      let size = 0;
      for (let k = 0; k < K; k++) {
        const at = m * (K / group) + Math.floor(k / group);
        const product = rowScale[at] * values[m * K + k] * x[t * K + k];
        const offset = rowMin[at] * x[t * K + k];
        sum += product + offset;
        size += Math.abs(product) + Math.abs(offset);
      }
      y[t * M + m] = sum;
      magnitude = Math.max(magnitude, size);
    }
  }
  return { y, magnitude };
}
