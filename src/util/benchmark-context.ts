// How much context a benchmark needs: the capacity of the cache takes memory, so it is no larger than the tests.

/** Rounded up to whole multiples of this many tokens. */
const STEP_TOKENS = 256;
// Prompts are computed in chunks of up to a quarter of the context: so much, and 512 tokens are one.
const LEAST_TOKENS = 2048;

/**
 * Tokens of context in which every test fits at every depth.
 * @param tests names such as pp512; what is no such name counts nothing
 */
export function benchmarkContext(tests: readonly string[], depths: readonly number[]): number {
  const tokens = tests.map((name) => Number(/^(?:pp|tg)(\d+)$/.exec(name)?.[1] ?? 0));
  const needed = Math.max(0, ...depths) + Math.max(0, ...tokens) + 1;
  return Math.max(LEAST_TOKENS, Math.ceil(needed / STEP_TOKENS) * STEP_TOKENS);
}
