// Joins text deltas so that the page gets at most one message per frame, however fast the tokens come.
import type { GenerationEvent } from '../protocol/host.ts';

/** One message per this time: a frame at 60 Hz. */
const INTERVAL_MS = 16;

/** Batches the deltas of one generation. close() it at the end. */
export class DeltaBatcher {
  readonly #emit: (event: GenerationEvent) => void;
  #delta = '';
  #progress: Omit<GenerationEvent, 'delta'> = { generatedTokens: 0, droppedMessages: 0 };
  #sentMs = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(emit: (event: GenerationEvent) => void) {
    this.#emit = emit;
  }

  /** Adds a delta; it is sent at once when the last message is old enough, else soon. */
  add(delta: string, progress: Omit<GenerationEvent, 'delta'>): void {
    this.#delta += delta;
    this.#progress = progress;
    const waitMs = this.#sentMs + INTERVAL_MS - performance.now();
    if (waitMs <= 0) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), waitMs);
  }

  /** Sends what is waiting. */
  flush(): void {
    this.close();
    if (this.#delta === '') return;
    const delta = this.#delta;
    this.#delta = '';
    this.#sentMs = performance.now();
    this.#emit({ delta, ...this.#progress });
  }

  /** Cancels the timer; what is waiting is dropped unless flush() came first. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
