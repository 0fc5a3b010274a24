// Plain f64 oracle of rms-norm.

/** RMSNorm of x[T, K] with gain[K]; result [T, K]. */
export function rmsNormReference(x: Float32Array, gain: Float32Array, epsilon: number): Float64Array {
  const K = gain.length;
  const out = new Float64Array(x.length);
  for (let row = 0; row < x.length; row += K) {
    let sum = 0;
    for (let k = 0; k < K; k++) sum += x[row + k] ** 2;
    const r = 1 / Math.sqrt(sum / K + epsilon);
    for (let k = 0; k < K; k++) out[row + k] = x[row + k] * gain[k] * r;
  }
  return out;
}
