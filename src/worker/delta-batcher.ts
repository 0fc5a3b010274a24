// Joins text deltas so that the page gets at most one message per frame, however fast the tokens come.
import type { GenerationEvent } from '../protocol/host.ts';

/** One message per this time: a frame at 60 Hz. */
const INTERVAL_MS = 16;

/** Batches the deltas of one answer. close() it at the end. */
export class DeltaBatcher {
  readonly #emit: (event: GenerationEvent) => void;
  #delta = '';
  #thinking = '';
  #progress: Omit<GenerationEvent, 'delta'> = { generatedTokens: 0, droppedMessages: 0 };
  #sentMs = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(emit: (event: GenerationEvent) => void) {
    this.#emit = emit;
  }

  /** Adds a delta, of the answer or of the thinking; it is sent at once when the last message is old enough, else soon. */
  add(delta: string, progress: Omit<GenerationEvent, 'delta'>): void {
    const { thinking = '', ...rest } = progress;
    this.#delta += delta;
    this.#thinking += thinking;
    this.#progress = rest;
    const waitMs = this.#sentMs + INTERVAL_MS - performance.now();
    if (waitMs <= 0) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), waitMs);
  }

  /** Sends what is waiting. */
  flush(): void {
    this.close();
    if (this.#delta === '' && this.#thinking === '') return;
    const event = {
      delta: this.#delta,
      ...(this.#thinking && { thinking: this.#thinking }),
      ...this.#progress,
    };
    this.#delta = '';
    this.#thinking = '';
    this.#sentMs = performance.now();
    this.#emit(event);
  }

  /** Cancels the timer; what is waiting is dropped unless flush() came first. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
