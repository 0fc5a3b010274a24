import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LEAST_GAIN, searchBest, type TuningBench } from './search.ts';

/** Seconds per dispatch by candidate; every step takes time of the fake clock. */
interface World {
  readonly seconds: Readonly<Record<string, number>>;
  readonly wrong?: Readonly<Record<string, string>>;
  readonly prepareMs?: number;
  readonly measureMs?: number;
  /** Seconds of the n-th measurement of a candidate, in place of the constant. */
  readonly noise?: (candidate: string, n: number) => number;
}

function benchOf(world: World) {
  const counts = new Map<string, number>();
  const prepared: string[] = [];
  const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const bench: TuningBench<string> = {
    now: () => Date.now(),
    async prepare(candidate) {
      await wait(world.prepareMs ?? 1);
      prepared.push(candidate);
      return world.wrong?.[candidate] ?? null;
    },
    async measure(candidate) {
      await wait(world.measureMs ?? 1);
      const n = counts.get(candidate) ?? 0;
      counts.set(candidate, n + 1);
      return world.noise?.(candidate, n) ?? world.seconds[candidate];
    },
  };
  return { bench, counts, prepared };
}

async function search(
  families: [[string, ...string[]], ...[string, ...string[]][]],
  world: World,
  budgetMs = 1000,
) {
  const made = benchOf(world);
  const startMs = Date.now();
  const running = searchBest(families, made.bench, startMs + budgetMs);
  running.catch(() => {});
  await vi.runAllTimersAsync();
  return { ...made, result: await running };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('searchBest', () => {
  it('takes the fastest tuning of the fastest variant, with its times from the same rounds', async () => {
    const families: [[string, ...string[]], [string, ...string[]]] = [
      ['default', 'default-8'],
      ['other', 'other-8', 'other-16'],
    ];
    const seconds = { default: 10, 'default-8': 9, other: 8, 'other-8': 5, 'other-16': 7 };
    const { result, counts } = await search(families, { seconds });
    expect(result).toMatchObject({
      best: 'other-8',
      defaultSeconds: 10,
      seconds: 5,
      measured: 4,
      rejected: [],
    });
    expect(counts.has('default-8')).toBe(false); // tunings of a slower variant are not worth the time
  });

  it('keeps the default unless something is faster by more than 3 %', async () => {
    const gains = { near: 1 / (1 + LEAST_GAIN * 0.9), clear: 1 / (1 + LEAST_GAIN * 1.1) };
    const kept = await search([['default', 'near']], { seconds: { default: 1, near: gains.near } });
    expect(kept.result?.best).toBe('default');
    const taken = await search([['default', 'clear']], { seconds: { default: 1, clear: gains.clear } });
    expect(taken.result?.best).toBe('clear');
  });

  it('is not misled by a single disturbed run of the default', async () => {
    const noise = (candidate: string, n: number) => (candidate === 'default' && n % 5 === 1 ? 50 : 10);
    const { result } = await search([['default', 'same']], { seconds: {}, noise });
    expect(result?.best).toBe('default');
  });

  it('decides alike for the same times', async () => {
    const seconds = { default: 10, a: 7, b: 7, c: 8 };
    const runs = [1, 2].map(() => search([['default', 'a', 'b', 'c']], { seconds }));
    const [first, second] = await Promise.all(runs);
    expect(first.result).toEqual(second.result);
  });

  it('never takes a candidate whose results are wrong, however fast it is', async () => {
    const { result, counts } = await search([['default'], ['broken'], ['right']], {
      seconds: { default: 10, broken: 0.1, right: 8 },
      wrong: { broken: 'out[3] is 2; expected 1' },
    });
    expect(result?.best).toBe('right');
    expect(result?.rejected).toEqual([{ candidate: 'broken', reason: 'out[3] is 2; expected 1' }]);
    expect(counts.has('broken')).toBe(false);
  });

  it('gives up when the default itself is wrong', async () => {
    const made = benchOf({ seconds: { default: 1 }, wrong: { default: 'out[0] is 0; expected 1' } });
    const running = expect(searchBest([['default']], made.bench, Date.now() + 100)).rejects.toThrow(
      'out[0] is 0',
    );
    await vi.runAllTimersAsync();
    await running;
  });

  it('ends at the deadline, whatever a step does', async () => {
    const made = benchOf({ seconds: { default: 10, slow: 1 }, prepareMs: 10 });
    const never = { ...made.bench, measure: () => new Promise<number>(() => {}) };
    const startMs = Date.now();
    const running = searchBest([['default', 'slow']], never, startMs + 500);
    await vi.runAllTimersAsync();
    expect(await running).toBeNull();
    expect(Date.now() - startMs).toBe(500);
  });

  it('leaves time for the final: with many candidates only some are tried, and the best of them is taken', async () => {
    const names = Array.from({ length: 100 }, (_, index) => `c${index}`);
    const seconds = Object.fromEntries(names.map((name, index) => [name, 9 - index / 50]));
    const { result, prepared } = await search(
      [['default', ...names]],
      { seconds: { ...seconds, default: 10 }, prepareMs: 5, measureMs: 5 },
      600,
    );
    expect(prepared.length).toBeLessThan(50);
    expect(result?.best).toBe(prepared.at(-1));
  });
});
