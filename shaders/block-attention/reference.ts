// Plain f64 oracle of block-attention.

/** Operands of one call; keys and values are those that the caches stand for, [G, S, Dh]. */
export interface BlockAttentionOperands {
  readonly qkv: Float32Array;
  readonly rope: Float32Array;
  readonly gains: { readonly q: Float32Array; readonly k: Float32Array } | null;
  readonly keys: Float64Array;
  readonly values: Float64Array;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly capacity: number;
  readonly interleaved: boolean;
  readonly epsilon: number;
  readonly position: number;
  readonly keysPerSplit: number;
  /** New keys or values [G, Dh] as their own step reads them. */
  asRead(heads: Float64Array): Float64Array;
}

/** New key and value [G, Dh] before they are stored, and per head and live split: sums [Dh], maximum, sum of weights. */
export interface BlockAttentionResult {
  readonly newKeys: Float64Array;
  readonly newValues: Float64Array;
  readonly splits: number;
  /** [H, splits, Dh + 2] */
  readonly partial: Float64Array;
}

/** Norm, rotation and split softmax attention in f64. */
export function blockAttentionReference(operands: BlockAttentionOperands): BlockAttentionResult {
  const { qkv, gains, heads: H, kvHeads: G, headDim: Dh, capacity: S, position, keysPerSplit } = operands;
  const head = (index: number) => Float64Array.from(qkv.subarray(index * Dh, (index + 1) * Dh));
  const newKeys = new Float64Array(G * Dh);
  const newValues = new Float64Array(G * Dh);
  for (let g = 0; g < G; g++) {
    newKeys.set(rotated(head(H + g), gains?.k ?? null, operands), g * Dh);
    newValues.set(head(H + G + g), g * Dh);
  }
  const freshKeys = operands.asRead(newKeys);
  const freshValues = operands.asRead(newValues);
  const splits = Math.ceil((position + 1) / keysPerSplit);
  const partial = new Float64Array(H * splits * (Dh + 2));
  for (let h = 0; h < H; h++) {
    const g = Math.floor(h / (H / G));
    const q = rotated(head(h), gains?.q ?? null, operands);
    const at = (cache: Float64Array, fresh: Float64Array, j: number, d: number) =>
      j === position ? fresh[g * Dh + d] : cache[(g * S + j) * Dh + d];
    for (let split = 0; split < splits; split++) {
      const end = Math.min(position + 1, (split + 1) * keysPerSplit);
      const keys = Array.from({ length: end - split * keysPerSplit }, (_, i) => split * keysPerSplit + i);
      const scores = keys.map(
        (j) =>
          q.reduce((sum, value, d) => sum + value * at(operands.keys, freshKeys, j, d), 0) / Math.sqrt(Dh),
      );
      const largest = Math.max(...scores);
      const weights = scores.map((score) => Math.exp(score - largest));
      const row = (h * splits + split) * (Dh + 2);
      for (let d = 0; d < Dh; d++) {
        partial[row + d] = keys.reduce(
          (sum, j, i) => sum + weights[i] * at(operands.values, freshValues, j, d),
          0,
        );
      }
      partial[row + Dh] = largest;
      partial[row + Dh + 1] = weights.reduce((sum, weight) => sum + weight, 0);
    }
  }
  return { newKeys, newValues, splits, partial };
}

function rotated(
  values: Float64Array,
  gain: Float32Array | null,
  operands: BlockAttentionOperands,
): Float64Array {
  const { rope, headDim: Dh, position, interleaved, epsilon } = operands;
  const mean = values.reduce((sum, value) => sum + value * value, 0) / Dh;
  const r = gain === null ? 1 : 1 / Math.sqrt(mean + epsilon);
  const x = values.map((value, d) => value * r * (gain?.[d] ?? 1));
  const out = new Float64Array(Dh);
  for (let i = 0; i < Dh / 2; i++) {
    const first = interleaved ? 2 * i : i;
    const second = interleaved ? 2 * i + 1 : i + Dh / 2;
    const cos = rope[(position * (Dh / 2) + i) * 2];
    const sin = rope[(position * (Dh / 2) + i) * 2 + 1];
    out[first] = x[first] * cos - x[second] * sin;
    out[second] = x[second] * cos + x[first] * sin;
  }
  return out;
}
