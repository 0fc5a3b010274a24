// What the measuring loop asks of an engine, and the loop: all engines in turn, round after round.
import type { Summary } from '../../../src/api/benchmark-types.ts';
import { summarize } from '../../../src/runtime/benchmark/statistics.ts';

/** Something that can be timed. */
export interface Timed {
  readonly name: string;
  /** One measurement: values by name, in units of the caller's choice. */
  measure(): Promise<Readonly<Record<string, number>>>;
}

/** How long to measure. */
export interface RoundOptions {
  /** Rounds at most. */
  readonly rounds: number;
  /** No round begins after this many seconds, but three always run. */
  readonly maxSeconds: number;
}

const LEAST_ROUNDS = 3;
const WARM_UP_MS = 500;
/** Before each turn: threads of the engine before, which look for work for some milliseconds more, are asleep by then. */
const REST_MS = 100;
/** An engine that is faster runs once before it is timed, so that it does not pay for what the others did to the caches. */
const QUICK_MS = 200;

/** What came of an engine: its summaries by name, or why it could not be measured to the end. */
export type TurnResult = { readonly values: Readonly<Record<string, Summary>> } | { readonly failed: string };

/**
 * Warms every engine up (once, and on for half a second), then measures all of them in turn, each round beginning with
 * another one, so that heat, clocks and other load fall on all alike, and each turn after a rest. An engine that throws is left out from then on.
 */
export async function measureInTurn(
  engines: readonly Timed[],
  { rounds, maxSeconds }: RoundOptions,
): Promise<readonly TurnResult[]> {
  const runs = engines.map((engine) => ({
    engine,
    samples: new Map<string, number[]>(),
    failed: '',
    lastMs: Number.POSITIVE_INFINITY,
  }));
  const attempt = async (run: (typeof runs)[number], keep: boolean) => {
    if (run.failed !== '') return;
    const beginMs = performance.now();
    try {
      for (const [name, value] of Object.entries(await run.engine.measure())) {
        if (keep) run.samples.set(name, [...(run.samples.get(name) ?? []), value]);
      }
    } catch (error) {
      run.failed = String(error).slice(0, 300);
    }
    run.lastMs = performance.now() - beginMs;
  };
  for (const run of runs) {
    const endMs = performance.now() + WARM_UP_MS;
    do await attempt(run, false);
    while (run.failed === '' && performance.now() < endMs);
  }
  const startMs = performance.now();
  for (let round = 0; round < rounds; round++) {
    if (round >= LEAST_ROUNDS && performance.now() - startMs > maxSeconds * 1000) break;
    for (let turn = 0; turn < runs.length; turn++) {
      const run = runs[(round + turn) % runs.length];
      await new Promise((resolve) => setTimeout(resolve, REST_MS));
      if (run.lastMs < QUICK_MS) await attempt(run, false);
      await attempt(run, true);
    }
  }
  return runs.map(({ samples, failed }) =>
    failed === ''
      ? { values: Object.fromEntries([...samples].map(([name, list]) => [name, summarize(list)])) }
      : { failed },
  );
}
