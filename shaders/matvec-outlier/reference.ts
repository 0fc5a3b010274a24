// Plain f64 oracle of matvec-outlier.

/** Operands. */
export interface MatvecOutlierOperands {
  /** [M, K] codes. */
  readonly values: ArrayLike<number>;
  /** [M, K / group]. */
  readonly rowScale: Float32Array;
  /** [K] int8 activations. */
  readonly q: Int8Array;
  /** [K / block]. */
  readonly qScale: Float32Array;
  /** [M, J] int8. */
  readonly outliers: Int8Array;
  /** [M]. */
  readonly outlierScale: Float32Array;
  /** [J] columns. */
  readonly index: Uint32Array;
  readonly group: number;
  readonly block: number;
}

/** y[M], and the largest over outputs of the sum of magnitudes of what was added, for error bounds. */
export function matvecOutlierReference(operands: MatvecOutlierOperands): {
  readonly y: Float64Array;
  readonly magnitude: number;
} {
  const { values, rowScale, q, qScale, outliers, outlierScale, index, group, block } = operands;
  const K = q.length;
  const M = values.length / K;
  const x = Float64Array.from(q, (code, k) => code * qScale[Math.floor(k / block)]);
  const y = new Float64Array(M);
  let magnitude = 0;
  for (let m = 0; m < M; m++) {
    let size = 0;
    const add = (product: number) => {
      y[m] += product;
      size += Math.abs(product);
    };
    x.forEach((value, k) => {
      add(rowScale[m * (K / group) + Math.floor(k / group)] * values[m * K + k] * value);
    });
    index.forEach((column, j) => {
      add(outlierScale[m] * outliers[m * index.length + j] * x[column]);
    });
    magnitude = Math.max(magnitude, size);
  }
  return { y, magnitude };
}
