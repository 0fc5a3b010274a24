// Times one generation.
import type { GenerationMetrics, SpeculationMetrics } from '../api/types.ts';
import { utf8Length } from '../util/utf8-length.ts';

/** Collects the times of one generation, from the start of work on it. */
export class GenerationClock {
  promptTokens = 0;
  reusedTokens = 0;
  generatedTokens = 0;
  speculation: SpeculationMetrics | undefined;
  readonly #queuedMs: number;
  readonly #startMs: number;
  #firstTokenMs = 0;
  #lastTokenMs = 0;
  #firstTokens = 0; // that came at that time
  #bytes = 0;
  #firstBytes = 0; // of the text that came with the first token: its time belongs to the prompt

  /** @param queuedAtMs performance.now() when the request arrived */
  constructor(queuedAtMs: number) {
    this.#startMs = performance.now();
    this.#queuedMs = this.#startMs - queuedAtMs;
  }

  /** Sampled tokens have arrived: one, or one of each answer (end-of-turn tokens count too). */
  recordTokens(count: number): void {
    this.#lastTokenMs = performance.now();
    if (this.generatedTokens === 0) {
      this.#firstTokenMs = this.#lastTokenMs;
      this.#firstTokens = count;
    }
    this.generatedTokens += count;
  }

  /** Text has been added to the reply by the tokens that were recorded last. */
  recordText(text: string): void {
    const bytes = utf8Length(text);
    this.#bytes += bytes;
    if (this.generatedTokens <= this.#firstTokens) this.#firstBytes += bytes;
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
      decodeTokensPerSecond:
        decodeMs > 0 ? ((this.generatedTokens - this.#firstTokens) * 1000) / decodeMs : 0,
      generatedBytes: this.#bytes,
      decodeBytesPerSecond: decodeMs > 0 ? ((this.#bytes - this.#firstBytes) * 1000) / decodeMs : 0,
      timeToFirstTokenMs,
      queuedMs: this.#queuedMs,
      ...(this.speculation && { speculation: this.speculation }),
    };
  }
}
