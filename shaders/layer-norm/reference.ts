// Plain f64 oracle of layer-norm.

/** LayerNorm of x[T, K] with the biased variance, without gain and bias; result [T, K]. */
export function layerNormReference(x: Float32Array, K: number, epsilon: number): Float64Array {
  const out = new Float64Array(x.length);
  for (let row = 0; row < x.length; row += K) {
    const values = Float64Array.from(x.subarray(row, row + K));
    const mean = values.reduce((sum, value) => sum + value, 0) / K;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / K;
    const r = 1 / Math.sqrt(variance + epsilon);
    out.set(
      values.map((value) => (value - mean) * r),
      row,
    );
  }
  return out;
}
