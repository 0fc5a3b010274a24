// How many tokens to score in one submit: as many as keep a submit near a target time, so that a stop takes effect soon
// and no driver watchdog fires. Prompts, which a page waits for while it paints, have prefill-pace.ts.

/** GPU time to aim at for one submit, in milliseconds. */
const TARGET_MS = 40;
const FIRST_TOKENS = 32;
const STEP = 8;

/** Adapts the chunk to the measured speed. */
export class ChunkSizer {
  readonly #maxTokens: number;
  #tokens: number;

  constructor(maxTokens: number) {
    this.#maxTokens = maxTokens;
    this.#tokens = Math.min(FIRST_TOKENS, maxTokens);
  }

  /** Tokens for the next chunk. */
  get tokens(): number {
    return this.#tokens;
  }

  /** Reports that `tokens` tokens took `elapsedMs`. */
  record(tokens: number, elapsedMs: number): void {
    // A short last chunk says little about the cost of a full one.
    if (tokens < this.#tokens) return;
    const ideal = (tokens * TARGET_MS) / Math.max(elapsedMs, 0.5);
    const bounded = Math.min(ideal, tokens * 2);
    const rounded = Math.max(STEP, Math.floor(bounded / STEP) * STEP);
    this.#tokens = Math.min(rounded, this.#maxTokens);
  }
}
