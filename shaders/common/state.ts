// Host side of common/state.wgsl: the 64-byte record of where a sequence stands.

/** Words of the record (u32). */
export const STATE_WORDS = 16;

/** Words of the record by index. */
export const STATE_WORD = { position: 0, tokens: 1, step: 2, seed: 3, chosen: 4 } as const;

/** Fields that the host sets; the rest starts at zero. */
export interface StateFields {
  /** Position of the first token of the pass in the KV cache. Default 0. */
  readonly position?: number;
  /** Tokens of the pass. Default 1. */
  readonly tokens?: number;
  /** Tokens sampled so far in this generation. Default 0. */
  readonly step?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Id chosen last. Default 0. */
  readonly chosen?: number;
}

/** Packs the record: [16] u32 in the order of the WGSL struct. */
export function packState(fields: StateFields): Uint32Array {
  const words = new Uint32Array(STATE_WORDS);
  const { position = 0, tokens = 1, step = 0, seed = 0, chosen = 0 } = fields;
  words[STATE_WORD.position] = position;
  words[STATE_WORD.tokens] = tokens;
  words[STATE_WORD.step] = step;
  words[STATE_WORD.seed] = seed;
  words[STATE_WORD.chosen] = chosen;
  return words;
}
