// Waiting that an AbortSignal can end. The work behind the promise goes on; only the waiting stops.

/**
 * @returns the promise's result
 * @throws the reason of whichever signal aborts first (at once when one is aborted already), else the promise's error
 */
export function abortable<T>(
  promise: Promise<T>,
  ...signals: readonly (AbortSignal | undefined)[]
): Promise<T> {
  return new Promise((resolve, reject) => {
    const stops: (() => void)[] = [];
    const finish = (settle: () => void) => {
      for (const stop of stops) stop();
      settle();
    };
    promise.then(
      (value) => finish(() => resolve(value)),
      (error: unknown) => finish(() => reject(error)),
    );
    for (const signal of signals) {
      if (!signal) continue;
      const onAbort = () => finish(() => reject(signal.reason));
      if (signal.aborted) return onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      stops.push(() => signal.removeEventListener('abort', onAbort));
    }
  });
}
