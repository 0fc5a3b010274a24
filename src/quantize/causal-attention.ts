// Softmax attention over the tokens up to each position, for sequences that lie one after another.

/** Sizes of the attention. */
export interface AttentionShape {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
}

/**
 * @param q [T, H * Dh] f32
 * @param k [T, G * Dh] f32
 * @param v [T, G * Dh] f32
 * @param sequenceLength tokens of one sequence; the last may be shorter
 * @returns [T, H * Dh] f32
 */
export function attend(
  q: Float32Array,
  k: Float32Array,
  v: Float32Array,
  { heads, kvHeads, headDim }: AttentionShape,
  sequenceLength: number,
): Float32Array {
  const out = new Float32Array(q.length);
  const scores = new Float64Array(sequenceLength);
  const width = heads * headDim;
  const kvWidth = kvHeads * headDim;
  for (let t = 0; t < q.length / width; t++) {
    const first = t - (t % sequenceLength);
    for (let head = 0; head < heads; head++) {
      const query = t * width + head * headDim;
      const kv = Math.floor((head * kvHeads) / heads) * headDim;
      const total = softmax(scores, t - first + 1, (position) =>
        dot(q, query, k, (first + position) * kvWidth + kv, headDim),
      );
      for (let position = 0; position <= t - first; position++) {
        const weight = scores[position] / total;
        const value = (first + position) * kvWidth + kv;
        for (let d = 0; d < headDim; d++) out[query + d] += weight * v[value + d];
      }
    }
  }
  return out;
}

/** Exponentials in scores[0, count). @returns their sum */
function softmax(scores: Float64Array, count: number, score: (position: number) => number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let position = 0; position < count; position++) {
    scores[position] = score(position);
    largest = Math.max(largest, scores[position]);
  }
  let total = 0;
  for (let position = 0; position < count; position++) {
    scores[position] = Math.exp(scores[position] - largest);
    total += scores[position];
  }
  return total;
}

function dot(a: Float32Array, atA: number, b: Float32Array, atB: number, count: number): number {
  let sum = 0;
  for (let d = 0; d < count; d++) sum += a[atA + d] * b[atB + d];
  return sum / Math.sqrt(count);
}
