// The tokens of one generation as they come: decode steps ahead, and drafts verified where there are any.
import type { DecodeAhead } from './decode-ahead.ts';
import type { Drafter } from './speculation/speculator.ts';

/** Speculation of a generation. */
export interface LoopSpeculation {
  readonly speculator: Drafter;
  /** Verifies drafts for step `step`, as Verifier.verify; called only when nothing is in flight. */
  verify(drafts: readonly number[], step: number): Promise<readonly number[]>;
}

/** What a loop needs. */
export interface TokenLoopOptions {
  /** Most tokens. */
  readonly limit: number;
  /** Resolves when the caller aborts. */
  readonly stopped: Promise<null>;
  readonly speculation: LoopSpeculation | null;
}

/** Yields runs of ids until `limit` or the abort. The ids of a run are known at the same time. */
export async function* tokenLoop(
  ahead: DecodeAhead,
  { limit, stopped, speculation }: TokenLoopOptions,
): AsyncGenerator<readonly number[], void> {
  while (ahead.received < limit) {
    // The choice after the last draft counts too.
    const drafts =
      ahead.received > 0 ? (speculation?.speculator.propose(limit - ahead.received - 1) ?? []) : [];
    if (speculation && drafts.length > 0 && ahead.isIdle) {
      const startMs = performance.now();
      const ids = await Promise.race([speculation.verify(drafts, ahead.received), stopped]);
      if (ids === null) return;
      ahead.skip(ids.length);
      speculation.speculator.recordPass(drafts.length, ids, performance.now() - startMs);
      yield ids;
      continue;
    }
    const ids = await ahead.next(stopped, { hold: drafts.length > 0 });
    if (ids === null) return;
    speculation?.speculator.recordPlain(ids, performance.now());
    yield ids;
  }
}
