// Times one generation.
import type { GenerationMetrics } from '../api/types.ts';

/** Collects the times of one generation, from the start of work on it. */
export class GenerationClock {
  promptTokens = 0;
  reusedTokens = 0;
  generatedTokens = 0;
  readonly #queuedMs: number;
  readonly #startMs: number;
  #firstTokenMs = 0;
  #lastTokenMs = 0;

  /** @param queuedAtMs performance.now() when the request arrived */
  constructor(queuedAtMs: number) {
    this.#startMs = performance.now();
    this.#queuedMs = this.#startMs - queuedAtMs;
  }

  /** A sampled token has arrived (end-of-turn tokens count too). */
  recordToken(): void {
    this.#lastTokenMs = performance.now();
    if (this.generatedTokens === 0) this.#firstTokenMs = this.#lastTokenMs;
    this.generatedTokens++;
  }

  /** What was measured so far. */
  metrics(): GenerationMetrics {
    const prefilled = this.promptTokens - this.reusedTokens;
    const timeToFirstTokenMs = this.generatedTokens > 0 ? this.#firstTokenMs - this.#startMs : 0;
    const decodeMs = this.#lastTokenMs - this.#firstTokenMs;
    return {
      promptTokens: this.promptTokens,
      reusedTokens: this.reusedTokens,
      generatedTokens: this.generatedTokens,
      prefillTokensPerSecond: timeToFirstTokenMs > 0 ? (prefilled * 1000) / timeToFirstTokenMs : 0,
      decodeTokensPerSecond: decodeMs > 0 ? ((this.generatedTokens - 1) * 1000) / decodeMs : 0,
      timeToFirstTokenMs,
      queuedMs: this.#queuedMs,
    };
  }
}
