// Plain f64 oracle of attention-merge.

/** Joins `splits` live splits of partial[H, splitsMax, Dh] and ml[H, splitsMax, 2]; result [H, Dh]. */
export function attentionMergeReference(
  partial: Float32Array,
  ml: Float32Array,
  shape: {
    readonly heads: number;
    readonly headDim: number;
    readonly splitsMax: number;
    readonly splits: number;
  },
): Float64Array {
  const { heads: H, headDim: Dh, splitsMax, splits } = shape;
  const out = new Float64Array(H * Dh);
  for (let h = 0; h < H; h++) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < splits; i++) largest = Math.max(largest, ml[(h * splitsMax + i) * 2]);
    let weight = 0;
    for (let i = 0; i < splits; i++) {
      const slot = h * splitsMax + i;
      const w = Math.exp(ml[slot * 2] - largest);
      weight += w * ml[slot * 2 + 1];
      for (let d = 0; d < Dh; d++) out[h * Dh + d] += w * partial[slot * Dh + d];
    }
    for (let d = 0; d < Dh; d++) out[h * Dh + d] /= weight;
  }
  return out;
}
