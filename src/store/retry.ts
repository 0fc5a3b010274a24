// Tries again what may pass by itself: dropped connections, overloaded servers. Knows nothing of HTTP.

import type { EngineError } from '../errors.ts';

/** How often and how fast to try again. */
export interface RetryOptions {
  /** Tries in all. Default 3. */
  readonly tries?: number;
  /** Wait before the second try in milliseconds; doubles each time, plus up to half of it by chance. Default 400. */
  readonly baseDelayMs?: number;
}

/** No server may make a person wait longer than this for a retry; more is reported as failure. */
const MAX_DELAY_MS = 15_000;

/** Thrown by a task whose failure may pass. `withRetry` unwraps it after the last try. */
export class TransientFailure extends Error {
  readonly error: EngineError;
  /** What the server asked for in Retry-After, in milliseconds; 0 when it did not. */
  readonly retryAfterMs: number;

  constructor(error: EngineError, retryAfterMs = 0) {
    super(error.message);
    this.error = error;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * Runs `task` until it succeeds, fails for good (any error but TransientFailure) or the tries are used up.
 * @throws the task's error, or the signal's reason as soon as it aborts, also while waiting
 */
export async function withRetry<T>(
  task: () => Promise<T>,
  options: RetryOptions & { readonly signal?: AbortSignal } = {},
): Promise<T> {
  const tries = offline() ? 1 : (options.tries ?? 3);
  for (let attempt = 1; ; attempt++) {
    options.signal?.throwIfAborted();
    try {
      return await task();
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!(error instanceof TransientFailure)) throw error;
      if (attempt >= tries || error.retryAfterMs > MAX_DELAY_MS) throw error.error;
      const backoffMs = (options.baseDelayMs ?? 400) * 2 ** (attempt - 1);
      await sleep(Math.max(backoffMs * (1 + Math.random() / 2), error.retryAfterMs), options.signal);
    }
  }
}

/** The browser knows that there is no network: waiting would only delay the message. */
function offline(): boolean {
  return typeof navigator === 'object' && navigator.onLine === false;
}

/** @throws the signal's reason when it aborts before the time is over */
function sleep(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, delayMs);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', stop, { once: true });
  });
}
