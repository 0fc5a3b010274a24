// Plain f64 oracle of outlier-product.

/** Operands. */
export interface OutlierProductOperands {
  /** [M, J] int8. */
  readonly outliers: Int8Array;
  /** [M]. */
  readonly scale: Float32Array;
  /** [J] columns. */
  readonly index: Uint32Array;
  /** [K] int8 activations. */
  readonly q: Int8Array;
  /** [K / block]. */
  readonly qScale: Float32Array;
  readonly block: number;
}

/** y[M], and the largest sum of magnitudes of what was added to one of them, for error bounds. */
export function outlierProductReference(operands: OutlierProductOperands): {
  readonly y: Float64Array;
  readonly magnitude: number;
} {
  const { outliers, scale, index, q, qScale, block } = operands;
  const x = Float64Array.from(index, (column) => q[column] * qScale[Math.floor(column / block)]);
  const products = (m: number) => Array.from(x, (value, j) => scale[m] * outliers[m * x.length + j] * value);
  const sums = Array.from(scale, (_, m) => ({
    sum: products(m).reduce((total, product) => total + product, 0),
    size: products(m).reduce((total, product) => total + Math.abs(product), 0),
  }));
  return {
    y: Float64Array.from(sums, ({ sum }) => sum),
    magnitude: sums.reduce((most, { size }) => Math.max(most, size), 0),
  };
}
