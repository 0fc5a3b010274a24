// Plain f64 oracle of the ops whose result is whole attention: attention-prefill and attention-alone.
// Used by cases.ts files only; never bundled into the library.

/** Geometry of one call. */
export interface AttentionShape {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly capacity: number;
  /** Position of the first query. */
  readonly position: number;
}

/** Causal attention of q[T, H * Dh] over the keys and values [G, S, Dh] that the caches stand for; result [T, H * Dh]. */
export function attentionReference(
  q: Float32Array,
  kCache: Float64Array,
  vCache: Float64Array,
  shape: AttentionShape,
): Float64Array {
  const { heads: H, kvHeads: G, headDim: Dh, capacity: S, position } = shape;
  const T = q.length / (H * Dh);
  const out = new Float64Array(T * H * Dh);
  for (let t = 0; t < T; t++) {
    for (let h = 0; h < H; h++) {
      const row = (t * H + h) * Dh;
      const base = Math.floor(h / (H / G)) * S;
      const scores = new Float64Array(position + t + 1);
      for (let j = 0; j < scores.length; j++) {
        for (let d = 0; d < Dh; d++) scores[j] += q[row + d] * kCache[(base + j) * Dh + d];
      }
      const largest = scores.reduce((a, b) => Math.max(a, b));
      let total = 0;
      for (let j = 0; j < scores.length; j++) {
        const weight = Math.exp(scores[j] - largest);
        total += weight;
        for (let d = 0; d < Dh; d++) out[row + d] += weight * vCache[(base + j) * Dh + d];
      }
      for (let d = 0; d < Dh; d++) out[row + d] /= total;
    }
  }
  return out;
}
