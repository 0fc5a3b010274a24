// Host side of common/settings.wgsl: the 64-byte record of how to sample.

/** Words of the record (u32 or f32). */
export const SETTINGS_WORDS = 16;

/** How to choose the next token. */
export interface SamplingFields {
  /** Divides the logits; > 0 (greedy decoding uses argmax instead). Default 1. */
  readonly temperature?: number;
  /** Keep the best tokens whose probabilities reach this sum; 1 keeps all. Default 1. */
  readonly topP?: number;
  /** Keep tokens at least this likely relative to the best; 0 keeps all. Default 0. */
  readonly minP?: number;
  /** Divides positive and multiplies negative logits of tokens that occurred; 1 does nothing. Default 1. */
  readonly repetitionPenalty?: number;
  /** Keep this many best tokens; 0: no limit of its own. Default 0. */
  readonly topK?: number;
  /** Of the random generator, u32. Default 0. */
  readonly seed?: number;
}

/** Packs the record: [16] words in the order of the WGSL struct. */
export function packSettings(fields: SamplingFields): Uint32Array {
  const words = new Uint32Array(SETTINGS_WORDS);
  const { temperature = 1, topP = 1, minP = 0, repetitionPenalty = 1, topK = 0, seed = 0 } = fields;
  new Float32Array(words.buffer).set([temperature, topP, minP, repetitionPenalty]);
  words.set([topK, seed], 4);
  return words;
}
