// Plain f64 oracle of sparse-product.

/** One kept weight. */
export interface SparseEntry {
  readonly row: number;
  readonly column: number;
  /** -1024..1023. */
  readonly value: number;
}

/** out[T, rows]: the sum over entries of scale[row] * value * x[t, column], and the largest sum of magnitudes. */
export function sparseProductReference(
  entries: readonly SparseEntry[],
  scale: Float32Array,
  x: Float64Array,
  k: number,
): { readonly y: Float64Array; readonly magnitude: number } {
  const rows = scale.length;
  const tokens = x.length / k;
  const y = new Float64Array(tokens * rows);
  const sizes = new Float64Array(tokens * rows);
  for (const { row, column, value } of entries) {
    for (let t = 0; t < tokens; t++) {
      const product = scale[row] * value * x[t * k + column];
      y[t * rows + row] += product;
      sizes[t * rows + row] += Math.abs(product);
    }
  }
  return { y, magnitude: sizes.reduce((most, size) => Math.max(most, size), 0) };
}
