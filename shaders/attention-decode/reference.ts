// Plain f64 oracle of attention-decode.

/** Geometry of one call. */
export interface DecodeShape {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly capacity: number;
  readonly keysPerSplit: number;
  /** Position of the query: keys 0..position are live. */
  readonly position: number;
}

/**
 * Over the keys and values [G, S, Dh] that the cache stands for.
 * Partial results of every live split: sums [H, splits, Dh] and (maximum, weight) [H, splits, 2].
 */
export function attentionDecodeReference(
  q: Float32Array,
  kCache: Float64Array,
  vCache: Float64Array,
  shape: DecodeShape,
): { readonly splits: number; readonly sums: Float64Array; readonly ml: Float64Array } {
  const { heads: H, kvHeads: G, headDim: Dh, capacity: S, keysPerSplit, position } = shape;
  const splits = Math.ceil((position + 1) / keysPerSplit);
  const sums = new Float64Array(H * splits * Dh);
  const ml = new Float64Array(H * splits * 2);
  for (let h = 0; h < H; h++) {
    const g = Math.floor(h / (H / G));
    for (let split = 0; split < splits; split++) {
      const slot = h * splits + split;
      const end = Math.min(position + 1, (split + 1) * keysPerSplit);
      const scores: number[] = [];
      for (let j = split * keysPerSplit; j < end; j++) {
        let score = 0;
        for (let d = 0; d < Dh; d++) score += q[h * Dh + d] * kCache[(g * S + j) * Dh + d];
        scores.push(score);
      }
      ml[slot * 2] = Math.max(...scores);
      scores.forEach((score, offset) => {
        const weight = Math.exp(score - ml[slot * 2]);
        ml[slot * 2 + 1] += weight;
        const row = (g * S + split * keysPerSplit + offset) * Dh;
        for (let d = 0; d < Dh; d++) sums[slot * Dh + d] += weight * vCache[row + d];
      });
    }
  }
  return { splits, sums, ml };
}
