// Plain f64 oracle of bias-clamp.

/** clamp(y + bias, -limit, limit) of y[T, M]. */
export function biasClampReference(y: Float32Array, bias: Float32Array, limit: number): Float64Array {
  return Float64Array.from(y, (value, i) => Math.min(limit, Math.max(-limit, value + bias[i % bias.length])));
}
