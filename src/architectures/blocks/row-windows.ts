// Runs through the rows of a tensor a window at a time, reading the next one while the current one is worked on.

/** Consecutive rows. */
export interface RowWindow {
  readonly first: number;
  readonly count: number;
}

/** Splits rows [first, end) into windows of at most `windowRows`. */
export function* rowWindows(first: number, end: number, windowRows: number): Generator<RowWindow> {
  for (let row = first; row < end; row += windowRows) {
    yield { first: row, count: Math.min(windowRows, end - row) };
  }
}

/**
 * Calls `work` on what `read` gives for each window, in order. The read of the next window runs meanwhile; never more than
 * one is ahead.
 * @throws what `read` or `work` throws, once no read is running
 */
export async function readAhead<T>(
  windows: Iterable<RowWindow>,
  read: (window: RowWindow) => Promise<T>,
  work: (data: T, window: RowWindow) => Promise<void> | void,
): Promise<void> {
  let ahead: { readonly window: RowWindow; readonly data: Promise<T> } | undefined;
  try {
    for (const window of windows) {
      const current = ahead;
      ahead = { window, data: read(window) };
      ahead.data.catch(() => {}); // reported when its turn comes; must not count as unhandled meanwhile
      if (current) await work(await current.data, current.window);
    }
    if (ahead) await work(await ahead.data, ahead.window);
  } finally {
    await ahead?.data.catch(() => {});
  }
}
