import { describe, expect, it } from 'vitest';
import { DecodeAhead, type StepRange } from './decode-ahead.ts';
import { type Gate, Speculator } from './speculation/speculator.ts';
import { tokenLoop } from './token-loop.ts';

const PROMPT = [1, 2, 3, 4, 5, 1, 2];
const never = new Promise<null>(() => {});

/** Every draft is tried, whatever passes take. */
const OPEN: Gate = {
  next() {},
  draftLength: (available) => available,
  recordDraft() {},
  recordPlain() {},
};

/** A model that chooses text[step]; ids arrive some time after the submit. */
function setUp(text: readonly number[], { speculates = true, batch = 1 } = {}) {
  const log: string[] = [];
  let inFlight = 0;
  const later = async (range: StepRange) => {
    inFlight++;
    await new Promise((resolve) => setTimeout(resolve, 1));
    inFlight--;
    return text.slice(range.firstStep, range.firstStep + range.count);
  };
  const limit = text.length;
  const ahead = new DecodeAhead(
    later({ firstStep: 0, count: 1 }),
    {
      submit: (step, read) => {
        log.push(`step ${step}`);
        return read && later(read);
      },
      read: later,
    },
    { limit, width: 1, onCpu: true, readBatch: () => batch },
  );
  const speculator = new Speculator(OPEN, PROMPT);
  const verify = async (drafts: readonly number[], step: number) => {
    expect(inFlight).toBe(0);
    expect(ahead.isIdle).toBe(true);
    expect(drafts.length).toBeLessThan(limit - step);
    log.push(`verify ${drafts.length} at ${step}`);
    const wrong = drafts.findIndex((draft, index) => draft !== text[step + index]);
    return text.slice(step, step + (wrong < 0 ? drafts.length : wrong) + 1);
  };
  const run = async (stopped = never, most = Number.POSITIVE_INFINITY) => {
    const ids: number[] = [];
    const speculation = speculates ? { speculator, verify } : null;
    for await (const part of tokenLoop(ahead, { limit, stopped, speculation })) {
      ids.push(...part);
      if (ids.length >= most) break;
    }
    return ids;
  };
  return { run, log, ahead, speculator };
}

const REPEATING = [3, 4, 5, 1, 2, 3, 4, 5, 1, 2, 3, 4, 9, 8, 3, 4, 5, 1, 2, 3];

describe('tokenLoop', () => {
  it.each([1, 4])('yields the same ids with and without speculation, batches of %d', async (batch) => {
    for (const text of [REPEATING, [7, 8, 9, 10, 11, 12, 13], [3], [3, 4]]) {
      expect(await setUp(text, { speculates: false, batch }).run()).toEqual(text);
      expect(await setUp(text, { batch }).run()).toEqual(text);
    }
  });

  it('verifies several tokens at once where the text repeats', async () => {
    const { run, log, speculator } = setUp(REPEATING);
    await run();
    const { passes, draftedTokens, acceptedTokens, tokensPerPass } = speculator.metrics();
    expect(passes).toBe(log.filter((entry) => entry.startsWith('verify')).length);
    expect(acceptedTokens).toBeGreaterThan(6);
    expect(draftedTokens).toBeGreaterThanOrEqual(acceptedTokens);
    expect(tokensPerPass).toBeGreaterThan(2);
    expect(log.length).toBeLessThan(REPEATING.length);
  });

  it('never submits more steps than the limit', async () => {
    const { run, log } = setUp([7, 8, 9, 10, 11], { batch: 4 });
    await run();
    expect(log).toEqual(['step 1', 'step 2', 'step 3', 'step 4']);
  });

  it('knows how many tokens are in the cache when the caller leaves early', async () => {
    const { run, ahead } = setUp(REPEATING);
    const ids = await run(never, 6);
    expect(ids).toEqual(REPEATING.slice(0, ids.length));
    await ahead.settled();
    expect(ahead.submitted).toBeGreaterThanOrEqual(ids.length - 1);
  });

  it('ends at an abort', async () => {
    const { run } = setUp(REPEATING);
    expect(await run(Promise.resolve(null))).toEqual([]);
  });
});

describe('DecodeAhead', () => {
  it('counts steps of several ids', async () => {
    const ids = [
      [1, 2],
      [3, 4],
      [5, 6],
    ];
    const bring = async ({ firstStep, count }: StepRange) => ids.slice(firstStep, firstStep + count).flat();
    const submitter = { submit: (_: number, read: StepRange | null) => read && bring(read), read: bring };
    const ahead = new DecodeAhead(bring({ firstStep: 0, count: 1 }), submitter, {
      limit: 3,
      width: 2,
      onCpu: false,
      readBatch: () => 2,
    });
    expect(await ahead.next(never)).toEqual([1, 2]);
    expect(await ahead.next(never)).toEqual([3, 4, 5, 6]);
    expect(ahead.received).toBe(3);
    expect(ahead.isIdle).toBe(true);
  });
});
