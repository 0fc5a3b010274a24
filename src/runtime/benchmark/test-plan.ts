// Which tests a benchmark runs: names like those of llama-bench, at every depth that fits the context.
import type { BenchmarkTest } from '../../api/benchmark-types.ts';
import { EngineError } from '../../errors.ts';

/** A test that has not run yet. */
export type PlannedTest = Omit<BenchmarkTest, 'tokensPerSecond'>;

/** Tests in order, and those that do not fit the context, as people read them. */
export interface TestPlan {
  readonly tests: readonly PlannedTest[];
  readonly skipped: readonly string[];
}

/** `tg128`, `tg128 at depth 512`. */
export function describeTest({ name, depth }: Pick<PlannedTest, 'name' | 'depth'>): string {
  return depth > 0 ? `${name} at depth ${depth}` : name;
}

/** Tests when none are named. */
export const DEFAULT_TESTS: readonly string[] = ['pp512', 'tg128'];

const KINDS = { pp: 'prefill', tg: 'decode' } as const;

/**
 * Tests by name and depth, by depth first, so that a cache that grew is used again. A test that does not fit the context
 * is cut to it where the depth is 0, else left out.
 * @param contextLength of the model, in tokens
 * @throws EngineError 'bad-argument' for a name that is not pp or tg and a number of tokens, or when no test fits
 */
export function planTests(
  names: readonly string[],
  depths: readonly number[],
  contextLength: number,
): TestPlan {
  const tests = depths.flatMap((depth) => names.map((name) => parseTest(name, depth)));
  const skipped: string[] = [];
  const fitting = tests.flatMap((test) => {
    if (test.depth + test.tokens < contextLength) return [test];
    if (test.depth > 0) {
      skipped.push(describeTest(test));
      return [];
    }
    const tokens = contextLength - 1;
    return [{ ...test, name: `${test.kind === 'prefill' ? 'pp' : 'tg'}${tokens}`, tokens }];
  });
  if (fitting.length > 0) return { tests: fitting, skipped };
  throw new EngineError(
    'bad-argument',
    `No test fits a context of ${contextLength} tokens: ${names.join(', ')} at depths ${depths.join(', ')}. Choose smaller tests or load the model with a larger contextLength.`,
    { details: { limit: contextLength } },
  );
}

function parseTest(name: string, depth: number): PlannedTest {
  const match = /^(pp|tg)([1-9]\d{0,6})$/.exec(name);
  if (match === null) {
    throw new EngineError(
      'bad-argument',
      `Test ${name} is unknown; expected pp or tg and a number of tokens, such as pp512 or tg128. Correct it.`,
    );
  }
  return { name, kind: KINDS[match[1] as keyof typeof KINDS], tokens: Number(match[2]), depth };
}
