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

/**
 * Warms every engine up (once, and on for half a second), then measures all of them in turn, each round beginning with
 * another one, so that heat, clocks and other load fall on all alike. @returns a summary per engine and value
 */
export async function measureInTurn(
  engines: readonly Timed[],
  { rounds, maxSeconds }: RoundOptions,
): Promise<readonly Readonly<Record<string, Summary>>[]> {
  for (const engine of engines) {
    const endMs = performance.now() + WARM_UP_MS;
    do await engine.measure();
    while (performance.now() < endMs);
  }
  const samples = engines.map(() => new Map<string, number[]>());
  const startMs = performance.now();
  for (let round = 0; round < rounds; round++) {
    if (round >= LEAST_ROUNDS && performance.now() - startMs > maxSeconds * 1000) break;
    for (let turn = 0; turn < engines.length; turn++) {
      const index = (round + turn) % engines.length;
      for (const [name, value] of Object.entries(await engines[index].measure())) {
        samples[index].set(name, [...(samples[index].get(name) ?? []), value]);
      }
    }
  }
  return samples.map((values) =>
    Object.fromEntries([...values].map(([name, list]) => [name, summarize(list)])),
  );
}
