// Calls into the application's code, whose failures must not disturb the engine.

/**
 * Calls an optional callback. What it throws is reported as an uncaught error of the page, where a developer sees it.
 */
export function callBack<E>(callback: ((event: E) => void) | undefined, event: E): void {
  try {
    callback?.(event);
  } catch (error) {
    if (typeof reportError === 'function') reportError(error);
    else console.error(error);
  }
}
