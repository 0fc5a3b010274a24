// Finds the fastest of some candidates within a slice of time. Knows neither GPUs nor kernels: a bench checks and measures.
// Two steps: candidates once against the default, side by side; then the best few and the default in turns.
import { median } from '../benchmark/statistics.ts';
import type { Family } from './candidates.ts';

/** What the search asks of the outside. */
export interface TuningBench<C> {
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** Makes a candidate ready and checks its results. @returns why it must not be taken, or null */
  prepare(candidate: C): Promise<string | null>;
  /** @returns seconds per dispatch */
  measure(candidate: C): Promise<number>;
}

/** What a search found. */
export interface SearchResult<C> {
  /** The default where nothing is faster by more than LEAST_GAIN. */
  readonly best: C;
  readonly defaultSeconds: number;
  readonly seconds: number;
  /** Candidates that were measured, the default among them. */
  readonly measured: number;
  readonly rejected: readonly { readonly candidate: C; readonly reason: string }[];
}

/** A candidate must be faster by more than this share to replace the default. */
export const LEAST_GAIN = 0.03;
/** Share of the slice after which no further candidate is tried. */
const SCREENING_SHARE = 0.6;
const FINALISTS = 2;
/** Turns of the final, and the fewest that decide. */
const ROUNDS = 7;
const LEAST_ROUNDS = 3;

/** Says that the time of a search is over. */
export class OutOfTime extends Error {
  constructor() {
    super('The time for tuning is over.');
  }
}

/**
 * Searches until the deadline, which it never passes: what takes longer is left to itself.
 * @param families the default first; of each variant its own values first. All of these are tried, then the tunings of the
 *   fastest variant
 * @param deadlineMs on the bench's clock
 * @returns null when the time did not suffice to decide
 * @throws what the bench throws; Error when the default itself is rejected
 */
export async function searchBest<C>(
  families: readonly [Family<C>, ...Family<C>[]],
  bench: TuningBench<C>,
  deadlineMs: number,
): Promise<SearchResult<C> | null> {
  const [fallback] = families[0];
  const timed = <T>(step: () => Promise<T>) => withDeadline(step, bench, deadlineMs);
  const rejected: { candidate: C; reason: string }[] = [];
  const ratios = new Map<C, number>([[fallback, 1]]);
  const screen = async (candidate: C) => {
    const reason = await timed(() => bench.prepare(candidate));
    if (reason !== null) {
      rejected.push({ candidate, reason });
      return;
    }
    const seconds = await timed(() => bench.measure(candidate));
    ratios.set(candidate, seconds / (await timed(() => bench.measure(fallback))));
  };
  const ratioOf = (candidate: C) => ratios.get(candidate) ?? Number.POSITIVE_INFINITY;
  try {
    const problem = await timed(() => bench.prepare(fallback));
    if (problem !== null) throw new Error(`The default is wrong itself: ${problem}`);
    await timed(() => bench.measure(fallback));
    const screeningEndMs = bench.now() + SCREENING_SHARE * (deadlineMs - bench.now());
    const screenWhileTime = async (candidates: readonly C[]) => {
      for (const candidate of candidates) if (bench.now() < screeningEndMs) await screen(candidate);
    };
    await screenWhileTime(families.slice(1).map(([own]) => own));
    const [fastest] = families.toSorted(([a], [b]) => ratioOf(a) - ratioOf(b));
    await screenWhileTime(fastest.slice(1));
    const finalists = [...ratios.keys()]
      .filter((candidate) => ratioOf(candidate) < 1)
      .sort((a, b) => ratioOf(a) - ratioOf(b))
      .slice(0, FINALISTS);
    const decided = await decide(fallback, finalists, bench, deadlineMs);
    return decided && { ...decided, measured: ratios.size, rejected };
  } catch (error) {
    if (error instanceof OutOfTime) return null;
    throw error;
  }
}

type Decision<C> = Pick<SearchResult<C>, 'best' | 'defaultSeconds' | 'seconds'>;

async function decide<C>(
  fallback: C,
  finalists: readonly C[],
  bench: TuningBench<C>,
  deadlineMs: number,
): Promise<Decision<C> | null> {
  const runs = new Map<C, number[]>([fallback, ...finalists].map((candidate) => [candidate, []]));
  const fallbackRuns = runs.get(fallback) ?? [];
  const rounds = finalists.length === 0 ? LEAST_ROUNDS : ROUNDS;
  try {
    for (let round = 0; round < rounds; round++) {
      const seconds = new Map<C, number>();
      for (const candidate of runs.keys()) {
        seconds.set(candidate, await withDeadline(() => bench.measure(candidate), bench, deadlineMs));
      }
      for (const [candidate, value] of seconds) runs.get(candidate)?.push(value); // whole rounds only
    }
  } catch (error) {
    if (!(error instanceof OutOfTime)) throw error;
  }
  if (fallbackRuns.length < LEAST_ROUNDS) return null;
  const defaultSeconds = median(fallbackRuns);
  let best: Decision<C> = { best: fallback, defaultSeconds, seconds: defaultSeconds };
  for (const candidate of finalists) {
    const own = runs.get(candidate) ?? [];
    const ratio = median(own.map((value, round) => value / fallbackRuns[round]));
    const wins = own.filter((value, round) => value < fallbackRuns[round]).length;
    const seconds = ratio * defaultSeconds;
    // Nearly every round, so that one disturbed run of the default does not count.
    const isClear = ratio < 1 / (1 + LEAST_GAIN) && wins >= 0.8 * own.length;
    if (isClear && seconds < best.seconds) best = { best: candidate, defaultSeconds, seconds };
  }
  return best;
}

/** Waits for a step until the deadline. @throws OutOfTime when it takes longer, or the deadline is over already */
export async function withDeadline<T>(
  step: () => Promise<T>,
  clock: Pick<TuningBench<unknown>, 'now'>,
  deadlineMs: number,
): Promise<T> {
  const leftMs = deadlineMs - clock.now();
  if (leftMs <= 0) throw new OutOfTime();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new OutOfTime()), leftMs);
  });
  const work = step();
  work.catch(() => {}); // its late failure is nobody's business any more
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
