// Table of rotary position embeddings (RoFormer, arXiv 2104.09864), computed in f64 and rounded once to f32.
// Knows nothing of models; an architecture passes its base or its own frequencies.

/** Options of ropeTable. */
export interface RopeTableOptions {
  /** Base theta: pair i turns by position * base^(-2i / headDim) radians. */
  readonly base: number;
  /** [headDim / 2] radians per position; replaces the frequencies that `base` gives (scaled variants of RoPE). */
  readonly frequencies?: ArrayLike<number>;
}

/**
 * (cos, sin) of every position and pair.
 * @param capacity positions S >= 1
 * @param headDim even
 * @returns [S, headDim / 2, 2] f32, row-major
 * @throws RangeError when headDim is odd or the number of frequencies is not headDim / 2
 */
export function ropeTable(capacity: number, headDim: number, options: RopeTableOptions): Float32Array {
  const pairs = headDim / 2;
  if (!Number.isInteger(pairs) || pairs < 1) throw new RangeError(`Head dimension ${headDim} is not even`);
  const frequencies =
    options.frequencies ?? Array.from({ length: pairs }, (_, i) => options.base ** ((-2 * i) / headDim));
  if (frequencies.length !== pairs) {
    throw new RangeError(
      `RoPE has ${frequencies.length} frequencies; head dimension ${headDim} needs ${pairs}`,
    );
  }
  const table = new Float32Array(capacity * headDim);
  for (let position = 0, at = 0; position < capacity; position++) {
    for (let i = 0; i < pairs; i++, at += 2) {
      const angle = position * frequencies[i];
      table[at] = Math.cos(angle);
      table[at + 1] = Math.sin(angle);
    }
  }
  return table;
}
