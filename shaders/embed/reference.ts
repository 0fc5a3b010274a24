// Plain oracle of embed.

/** One shard of a table. */
export interface EmbedOperands {
  readonly ids: Uint32Array;
  /** [row_count, K] values before the scale. */
  readonly values: ArrayLike<number>;
  /** [row_count, K / group]. */
  readonly rowScale: Float32Array;
  /** [row_count, K / group]. */
  readonly rowMin: Float32Array;
  readonly k: number;
  readonly group: number;
  readonly firstRow: number;
  /** Add to what is there. */
  readonly accumulate: boolean;
}

/** out[T, K]; tokens outside the shard keep what `old` holds. */
export function embedReference(operands: EmbedOperands, old: Float32Array): Float64Array {
  const { ids, values, rowScale, rowMin, k: K, group, firstRow, accumulate } = operands;
  const rowCount = values.length / K;
  const out = Float64Array.from(old.subarray(0, ids.length * K));
  ids.forEach((id, t) => {
    const row = id - firstRow;
    if (row < 0 || row >= rowCount) return;
    for (let k = 0; k < K; k++) {
      const at = row * (K / group) + Math.floor(k / group);
      const value = values[row * K + k] * rowScale[at] + rowMin[at];
      out[t * K + k] = value + (accumulate ? out[t * K + k] : 0);
    }
  });
  return out;
}
