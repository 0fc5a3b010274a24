// Table of rotary position embeddings (RoFormer, arXiv 2104.09864), computed in f64 and rounded once to f32.
// Knows nothing of models; an architecture passes its base, or the frequencies of a scaled variant.

/** Stretching of the context by YaRN (arXiv 2309.00071), as llama.cpp applies it. */
export interface YarnScaling {
  readonly type: 'yarn';
  /** Context now over context then, at least 1. */
  readonly factor: number;
  /** Context that the model was trained on, in tokens. */
  readonly originalContext: number;
  /** Turns within the original context above which a pair keeps its frequency. Default 32. */
  readonly betaFast?: number;
  /** Turns below which a pair is interpolated. Default 1. */
  readonly betaSlow?: number;
  /** Share of the kept frequencies in the mix, 0 to 1. Default 1. */
  readonly extrapolation?: number;
  /** Multiplies the magnitude. Default 1. */
  readonly attentionFactor?: number;
}

/** Stretching of the context by dividing every position. */
export interface LinearScaling {
  readonly type: 'linear';
  /** Above 0. */
  readonly factor: number;
}

/** How a model stretches its context. */
export type RopeScaling = YarnScaling | LinearScaling;

/** What ropeFrequencies makes. */
export interface RopeFrequencies {
  /** [headDim / 2] radians per position. */
  readonly frequencies: Float64Array;
  /** Factor of cos and sin. */
  readonly magnitude: number;
}

/**
 * Frequencies of a model's pairs.
 * @param headDim even
 * @param base theta: pair i turns by base^(-2i / headDim) radians per position
 * @param factors [headDim / 2] divisors of the frequencies (rope_freqs.weight of Llama 3.1), applied before scaling
 * @throws RangeError when headDim is odd or there are not headDim / 2 factors
 */
export function ropeFrequencies(
  headDim: number,
  base: number,
  options: { readonly scaling?: RopeScaling; readonly factors?: ArrayLike<number> } = {},
): RopeFrequencies {
  const pairs = pairsOf(headDim);
  const { scaling, factors } = options;
  if (factors !== undefined) requireLength(factors, headDim);
  const plain = Float64Array.from(
    { length: pairs },
    (_, i) => base ** ((-2 * i) / headDim) / (factors?.[i] ?? 1),
  );
  if (scaling === undefined) return { frequencies: plain, magnitude: 1 };
  if (scaling.type === 'linear') {
    return { frequencies: plain.map((frequency) => frequency / scaling.factor), magnitude: 1 };
  }
  return yarn(plain, headDim, base, scaling);
}

// ggml/src/ggml-cpu/ops.cpp (rope_yarn): pairs up to `low` keep their frequency, those from `high` on are interpolated.
function yarn(plain: Float64Array, headDim: number, base: number, scaling: YarnScaling): RopeFrequencies {
  const { factor, originalContext, betaFast = 32, betaSlow = 1 } = scaling;
  const { extrapolation = 1, attentionFactor = 1 } = scaling;
  const pairOfTurns = (turns: number) =>
    (headDim * Math.log(originalContext / (2 * Math.PI * turns))) / (2 * Math.log(base));
  const low = Math.max(0, Math.floor(pairOfTurns(betaFast)));
  const high = Math.min(headDim - 1, Math.ceil(pairOfTurns(betaSlow)));
  const frequencies = plain.map((frequency, i) => {
    const place = (i - low) / Math.max(0.001, high - low);
    const kept = (1 - Math.min(1, Math.max(0, place))) * extrapolation;
    return (frequency / factor) * (1 - kept) + frequency * kept;
  });
  const growth = extrapolation === 0 ? 1 : 1 + 0.1 * Math.log(factor);
  return { frequencies, magnitude: attentionFactor * growth };
}

/** Options of ropeTable. */
export interface RopeTableOptions {
  /** Base theta: pair i turns by position * base^(-2i / headDim) radians. */
  readonly base: number;
  /** [headDim / 2] radians per position; replaces the frequencies that `base` gives (scaled variants of RoPE). */
  readonly frequencies?: ArrayLike<number>;
  /** Factor of cos and sin. Default 1. */
  readonly magnitude?: number;
}

/**
 * (cos, sin) of every position and pair.
 * @param capacity positions S >= 1
 * @param headDim even
 * @returns [S, headDim / 2, 2] f32, row-major
 * @throws RangeError when headDim is odd or the number of frequencies is not headDim / 2
 */
export function ropeTable(capacity: number, headDim: number, options: RopeTableOptions): Float32Array {
  const pairs = pairsOf(headDim);
  const { magnitude = 1 } = options;
  const frequencies = options.frequencies ?? ropeFrequencies(headDim, options.base).frequencies;
  requireLength(frequencies, headDim);
  const table = new Float32Array(capacity * headDim);
  for (let position = 0, at = 0; position < capacity; position++) {
    for (let i = 0; i < pairs; i++, at += 2) {
      const angle = position * frequencies[i];
      table[at] = Math.cos(angle) * magnitude;
      table[at + 1] = Math.sin(angle) * magnitude;
    }
  }
  return table;
}

function pairsOf(headDim: number): number {
  const pairs = headDim / 2;
  if (!Number.isInteger(pairs) || pairs < 1) throw new RangeError(`Head dimension ${headDim} is not even`);
  return pairs;
}

function requireLength(values: ArrayLike<number>, headDim: number): void {
  if (values.length === headDim / 2) return;
  throw new RangeError(
    `RoPE has ${values.length} frequencies; head dimension ${headDim} needs ${headDim / 2}`,
  );
}
