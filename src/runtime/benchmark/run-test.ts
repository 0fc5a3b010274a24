// Runs one prefill or decode test on a sequence.
import { resolveSampling } from '../sampling.ts';
import type { Sequence } from '../sequence.ts';
import { type Summary, summarize } from './statistics.ts';
import type { PlannedTest } from './test-plan.ts';

/** What a test needs besides its name. */
export interface TestRun {
  readonly sequence: Sequence;
  readonly vocabularySize: number;
  readonly repeats: number;
  /** No repeat begins after this time, but two always run. */
  readonly maxMs: number;
  readonly signal?: AbortSignal;
}

const LEAST_REPEATS = 2;
const GREEDY = resolveSampling({ temperature: 0, seed: 1 }, {});

/** Any ids do: the time does not depend on them. Spread over the vocabulary to touch different rows. */
export function promptOf(tokens: number, vocabularySize: number): readonly number[] {
  return Array.from({ length: tokens }, (_, index) => (index * 7919) % vocabularySize);
}

/**
 * Tokens per second of a test, which leaves the cache filled. Prefill: from the call to the first id. Decode: from the
 * first id to the last, both as read by JavaScript. @throws the signal's reason
 */
export async function runTest(test: PlannedTest, run: TestRun): Promise<Summary> {
  const rates: number[] = [];
  const startMs = performance.now();
  while (rates.length < run.repeats) {
    if (rates.length >= LEAST_REPEATS && performance.now() - startMs > run.maxMs) break;
    rates.push(await (test.kind === 'prefill' ? prefillRate(test, run) : decodeRate(test, run)));
    run.signal?.throwIfAborted();
  }
  return summarize(rates);
}

async function prefillRate({ tokens, depth }: PlannedTest, run: TestRun): Promise<number> {
  const ids = promptOf(depth + tokens, run.vocabularySize);
  // What the cache holds beyond the depth would be used again: bring it to the depth first.
  if (depth > 0) await generate(run, ids.slice(0, depth), 1);
  else run.sequence.reset();
  const { firstMs } = await generate(run, ids, 1);
  return (tokens * 1000) / firstMs;
}

async function decodeRate({ tokens, depth }: PlannedTest, run: TestRun): Promise<number> {
  // The id before the first measured one is chosen by the prompt, whose cached part is not computed again.
  const prompt = promptOf(Math.max(1, depth), run.vocabularySize);
  const { decodeMs } = await generate(run, prompt, tokens + 1);
  return (tokens * 1000) / decodeMs;
}

/** Decodes until `ms` have passed; at least a few tokens. */
export async function warmUpDecode(run: TestRun, ms: number): Promise<void> {
  run.sequence.reset();
  const endMs = performance.now() + ms;
  do {
    await generate(run, promptOf(8, run.vocabularySize), 8);
    run.signal?.throwIfAborted();
  } while (performance.now() < endMs);
}

async function generate(run: TestRun, ids: readonly number[], maxTokens: number) {
  const startMs = performance.now();
  let firstMs = 0;
  let tokens = 0;
  const { signal } = run;
  for await (const _ of run.sequence.run(ids, { settings: GREEDY, maxTokens, signal })) {
    if (tokens === 0) firstMs = performance.now() - startMs;
    tokens++;
  }
  return { firstMs, decodeMs: performance.now() - startMs - firstMs };
}
