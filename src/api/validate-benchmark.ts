// Checks the options of a benchmark and copies what may cross the worker boundary.
import { describeRange, isInRange, type NumberRange } from '../util/sampling-ranges.ts';
import type { BenchmarkOptions } from './benchmark-types.ts';
import { badArgument } from './validate.ts';

const MAX_ENTRIES = 16;
const DEPTH: NumberRange = { min: 0, max: 2 ** 24, integer: true };
const REPEATS: NumberRange = { min: 1, max: 100, integer: true };
const SECONDS: NumberRange = { min: 1, max: 3600 };

/** @throws EngineError 'bad-argument'; whether tests exist and fit the model is decided in the worker */
export function checkBenchmark(options: BenchmarkOptions): BenchmarkOptions {
  if (typeof options !== 'object' || options === null) throw badArgument('options', options, 'an object');
  const { tests, depths, repeats, maxSecondsPerTest, kernels } = options;
  return {
    tests: checkList('tests', tests, (name): name is string => typeof name === 'string', 'names of tests'),
    depths: checkList(
      'depths',
      depths,
      (depth): depth is number => isInRange(depth, DEPTH),
      'numbers of tokens',
    ),
    repeats: checkNumber('repeats', repeats, REPEATS),
    maxSecondsPerTest: checkNumber('maxSecondsPerTest', maxSecondsPerTest, SECONDS),
    kernels: kernels === undefined ? undefined : Boolean(kernels),
  };
}

function checkList<T>(
  name: string,
  list: unknown,
  accepts: (entry: unknown) => entry is T,
  what: string,
): readonly T[] | undefined {
  if (list === undefined) return undefined;
  const fits = Array.isArray(list) && list.length > 0 && list.length <= MAX_ENTRIES && list.every(accepts);
  if (!fits) throw badArgument(name, list, `an array of 1 to ${MAX_ENTRIES} ${what}`);
  return [...list];
}

function checkNumber(name: string, value: number | undefined, range: NumberRange): number | undefined {
  if (value !== undefined && !isInRange(value, range)) throw badArgument(name, value, describeRange(range));
  return value;
}
