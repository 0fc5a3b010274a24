// How many ids one read-back brings, and how many steps are submitted ahead of it.
// A read-back is a round trip through the browser's GPU process; text should still flow. So the batch follows the
// measured time of a token: about BURST_MS of text at once, never a longer wait than people notice in reading.

/** Ids that one read-back brings at most. Two batches in flight fit the ring of 64 ids. */
export const MAX_READ_BATCH = 16;

/** Read-backs on their way at once, at most. */
export const MAX_READS_IN_FLIGHT = 4;

/** Ids of a batch as soon as tokens are fast enough: a quarter of a read-back per token. */
const STEADY_BATCH = 4;

/** Tokens slower than this are read one by one: four of them would come as a visible jerk, and a read-back costs little beside one. */
const SLOW_TOKEN_MS = 60;

/** Text that arrives at once, in time of its making, where batches are larger than STEADY_BATCH. */
const BURST_MS = 40;

/** What is known when the next batch is chosen. */
export interface ReadPace {
  /** Ids received so far in this generation. */
  readonly received: number;
  /** Mean time of a token so far in milliseconds; null while unknown. */
  readonly tokenMs: number | null;
}

/** @returns ids of the next read-back, 1 to MAX_READ_BATCH: the first ones come alone, so that an answer begins at once */
export function chooseReadBatch({ received, tokenMs }: ReadPace): number {
  if (received < 2 || tokenMs === null) return 1;
  if (tokenMs > SLOW_TOKEN_MS) return 1;
  return Math.min(MAX_READ_BATCH, Math.max(STEADY_BATCH, Math.floor(BURST_MS / tokenMs)));
}

/**
 * Steps submitted ahead of the last id that was read: the batch that is being read, and work for the time of the
 * read-back. More would only be thrown away at a stop.
 * @param onCpu adapters that compute on the CPU: what runs ahead takes the time of what is awaited
 */
export function stepsAhead(batch: number, onCpu: boolean): number {
  if (batch === 1) return onCpu ? 2 : 3;
  return batch + (onCpu ? 2 : Math.max(3, batch));
}
