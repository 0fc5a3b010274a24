// Plain f64 oracle of matvec-float.

/** Operands. */
export interface MatvecFloatOperands {
  /** [M, K] values before the scale. */
  readonly values: ArrayLike<number>;
  /** [M, K / group]. */
  readonly rowScale: Float32Array;
  /** [M, K / group]. */
  readonly rowMin: Float32Array;
  /** [K]. */
  readonly x: Float32Array;
  readonly group: number;
}

/** Result with the size of what was added, for error bounds. */
export interface MatvecFloatResult {
  /** [M]. */
  readonly y: Float64Array;
  /** Largest over rows of the sum of |scale W x| + |minimum x|. */
  readonly magnitude: number;
}

/** y[M] = sum over K of (rowScale * values + rowMin) * x. */
export function matvecFloatReference(operands: MatvecFloatOperands): MatvecFloatResult {
  const { values, rowScale, rowMin, x, group } = operands;
  const K = x.length;
  const M = values.length / K;
  const y = new Float64Array(M);
  let magnitude = 0;
  for (let m = 0; m < M; m++) {
    let size = 0;
    for (let k = 0; k < K; k++) {
      const at = m * (K / group) + Math.floor(k / group);
      const product = rowScale[at] * values[m * K + k] * x[k];
      const offset = rowMin[at] * x[k];
      y[m] += product + offset;
      size += Math.abs(product) + Math.abs(offset);
    }
    magnitude = Math.max(magnitude, size);
  }
  return { y, magnitude };
}
