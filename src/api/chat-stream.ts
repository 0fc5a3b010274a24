// The answer of the model while it is being written: text for a loop, a promise for its end.

import type { GenerationEvent } from '../protocol/host.ts';
import { callBack } from './callback.ts';
import type { GenerationResult } from './types.ts';

export type { GenerationEvent };

/**
 * An answer that is being generated. Generation runs whether or not anybody reads the text.
 *
 * How it ends:
 * - by itself: the loop ends, `result` resolves;
 * - `abort()` (a Stop button), or leaving the loop early (`break`, `return`, `throw`): the loop ends without error,
 *   `result` resolves with finishReason `aborted` and the text so far;
 * - the caller's AbortSignal: the loop throws the signal's reason at once, also when text is still unread; `result`
 *   resolves with finishReason `aborted` and the text so far;
 * - an error: the loop first yields the text that arrived before it, then throws; `result` rejects with the same error.
 *
 * Ignoring `result` is fine: it causes no unhandled rejection.
 */
export interface ChatStream extends AsyncIterable<string> {
  /** The whole answer with its metrics. */
  readonly result: Promise<GenerationResult>;
  /** Oldest messages that were left out to fit the context; known with the first text, 0 before. */
  readonly droppedMessages: number;
  /** Stops the generation. Without effect when it has ended. */
  abort(): void;
  /** Each loop yields the whole text from its beginning, in pieces as they arrived. */
  [Symbol.asyncIterator](): AsyncIterator<string, undefined>;
}

/** What a stream needs. */
export interface ChatStreamSource {
  /** Starts the generation. Its rejection ends the stream. */
  start(onEvent: (event: GenerationEvent) => void): Promise<GenerationResult>;
  /** Asks for its end; `start` then resolves with `aborted`. Called at most once, and not after the end. */
  abort(): void;
  readonly signal?: AbortSignal;
  /** Told of each event after the stream has taken its text. */
  readonly onEvent?: (event: GenerationEvent) => void;
}

/** Starts a generation and returns its stream. */
export function createChatStream(source: ChatStreamSource): ChatStream {
  return new Stream(source);
}

type End = { readonly error: unknown } | 'done';

class Stream implements ChatStream {
  readonly result: Promise<GenerationResult>;
  readonly #source: ChatStreamSource;
  readonly #pieces: string[] = [];
  #end: End | null = null;
  #droppedMessages = 0;
  #abortSent = false;
  #wake: (() => void)[] = [];

  constructor(source: ChatStreamSource) {
    this.#source = source;
    this.result = this.#run();
    // Callers may ignore the result, and read the error in the loop or nowhere.
    this.result.catch(() => {});
  }

  get droppedMessages(): number {
    return this.#droppedMessages;
  }

  abort(): void {
    if (this.#abortSent || this.#end !== null) return;
    this.#abortSent = true;
    this.#source.abort();
  }

  [Symbol.asyncIterator](): AsyncIterator<string, undefined> {
    let position = 0;
    let left = false;
    const done = { done: true, value: undefined } as const;
    return {
      next: async () => {
        const { signal } = this.#source;
        for (;;) {
          if (left) return done;
          if (signal?.aborted && !this.#endedByItself()) throw signal.reason;
          if (position < this.#pieces.length) return { done: false, value: this.#pieces[position++] };
          if (this.#end === 'done') return done;
          if (this.#end !== null) throw this.#end.error;
          await this.#change();
        }
      },
      return: async () => {
        left = true;
        this.abort();
        this.#notify();
        return done;
      },
    };
  }

  async #run(): Promise<GenerationResult> {
    const { signal } = this.#source;
    const onAbort = () => {
      this.abort();
      this.#notify();
    };
    try {
      const ended = this.#source.start((event) => this.#take(event));
      // After start: the host must know the request before it is told to abort it.
      if (signal?.aborted) onAbort();
      else signal?.addEventListener('abort', onAbort, { once: true });
      const result = await ended;
      this.#end = 'done';
      this.#droppedMessages = result.droppedMessages;
      return result;
    } catch (error) {
      this.#end = { error };
      throw error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.#notify();
    }
  }

  #take(event: GenerationEvent): void {
    this.#droppedMessages = event.droppedMessages;
    // The text of the stream is that of the first answer; onEvent gets them all.
    if (event.delta !== '' && (event.answer ?? 0) === 0) {
      this.#pieces.push(event.delta);
      this.#notify();
    }
    callBack(this.#source.onEvent, event);
  }

  /** A signal that is aborted after the end has nothing to stop: the text stays readable. */
  #endedByItself(): boolean {
    return this.#end !== null && !this.#abortSent;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #notify(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
