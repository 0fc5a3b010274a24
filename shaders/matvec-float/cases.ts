// Cases of matvec-float: ragged rows, one row, more rows than workgroups in one dimension, shards, groups, extremes.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { columnsCase } from '../column-case.ts';
import { type FloatMatrixOptions, floatMatrix } from '../float-case.ts';
import { matvecFloatReference } from './reference.ts';

interface Options extends Omit<FloatMatrixOptions, 'rows' | 'group'> {
  readonly name: string;
  readonly m: number;
  readonly group?: number;
  readonly firstRow?: number;
  readonly layouts?: readonly string[];
  readonly accumulate?: boolean;
  /** Which column of several: columns differ in x. Default 0. */
  readonly column?: number;
}

const FLOATS = ['F32', 'F16', 'BF16'];
const CODES = ['W8', 'W4', 'T2', 'B1'];
const ALL = [...FLOATS, ...CODES];

// With `exact`, x are small integers: with power-of-two scales every sum is exact.
function makeCase(options: Options): KernelCase {
  const { name, m, k, group = k, firstRow = 0, layouts = ALL, exact = false } = options;
  const { accumulate = false, minima = false, column = 0 } = options;
  const matrix = (layout: string | undefined) => floatMatrix(layout, { ...options, rows: m, group });
  const shape = { m, k, group, first_row: firstRow, stride: 0, tokens: 1 };
  return {
    name,
    shape: { ...shape, accumulate: accumulate ? 1 : 0, minima: minima ? 1 : 0 },
    layouts,
    inputs(layout) {
      const { w, rowScale, rowMin } = matrix(layout);
      const random = seededUniform(m + k + 977 * column);
      const x = Float32Array.from({ length: k }, () => (exact ? Math.round(7 * random()) : 3 * random()));
      // Without minima the contents of row_min must not matter.
      const row_min = minima ? rowMin : new Float32Array(4).fill(Number.NaN);
      return { w, row_scale: rowScale, row_min, x, out: new Float32Array(firstRow + m + 3).fill(-7) };
    },
    expected(inputs, layout) {
      const x = inputs.x as Float32Array;
      const { y, magnitude } = matvecFloatReference({ ...matrix(layout), x, group });
      const values = new Float64Array(firstRow + m).fill(-7); // rows before the shard are left alone
      values.set(accumulate ? y.map((value) => value - 7) : y, firstRow);
      // Four lanes or more share a row: a chain of additions of f32, each rounding at most `magnitude` to 2^-24.
      const absolute = exact ? 0 : (k / 16 + 64) * 2 ** -24 * (magnitude + (accumulate ? 7 : 0));
      const reason = exact ? 'sums of integers below 2^24, exact in any order' : 'f32 sums in any order';
      return { out: { kind: 'close', values, absolute, relative: 0, reason } };
    },
  };
}

/** Columns side by side. */
function makeColumns(columns: number, options: Options): KernelCase {
  const { m, firstRow = 0 } = options;
  const each = Array.from({ length: columns }, (_, column) => makeCase({ ...options, column }));
  return columnsCase(each, { perColumn: ['x', 'out'], stride: firstRow + m + 3 });
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'matvec-float',
  forTuner: [
    'ragged rows, exact, K = 384',
    'second shard, residual',
    'groups of 48 across cells',
    'minima, groups of 32, exact residual',
    'smallest codes, exact',
    'groups of 128, K = 2560',
    'zero scales in groups',
  ],
  cases: [
    makeCase({ name: 'one row, K = 16', m: 1, k: 16, layouts: [...FLOATS, 'W8'] }),
    makeCase({ name: 'one row, K = 128', m: 1, k: 128, layouts: CODES }),
    makeCase({ name: 'more than 65 535 rows, K = 16', m: 70000, k: 16, layouts: ['W8'] }),
    makeCase({ name: 'ragged rows, exact, K = 64', m: 131, k: 64, layouts: ['W8', 'W4', 'T2'], exact: true }),
    makeCase({ name: 'ragged rows, exact, K = 384', m: 131, k: 384, layouts: CODES, exact: true }),
    makeCase({ name: 'head of a small model, exact', m: 4096, k: 512, layouts: CODES, exact: true }),
    makeCase({ name: 'ragged rows, K = 528', m: 37, k: 528, layouts: [...FLOATS, 'W8'] }),
    makeCase({ name: 'M = 67, K = 2560', m: 67, k: 2560 }),
    makeCase({ name: 'M = 9, K = 6912', m: 9, k: 6912 }),
    makeCase({ name: 'second shard', m: 50, k: 256, firstRow: 77 }),
    makeCase({ name: 'second shard, residual', m: 50, k: 256, firstRow: 77, accumulate: true }),
    makeCase({ name: 'groups of 16, K = 272', m: 5, k: 272, group: 16, layouts: ['W8'], exact: true }),
    ...[16, 32, 64, 128, 256].map((group) =>
      makeCase({ name: `groups of ${group}, exact`, m: 23, k: 768, group, layouts: CODES, exact: true }),
    ),
    makeCase({ name: 'groups of 48 across cells', m: 7, k: 384, group: 48, layouts: CODES, exact: true }),
    makeCase({ name: 'groups of 128, K = 2560', m: 37, k: 2560, group: 128, layouts: CODES }),
    makeCase({
      name: 'minima, groups of 32, exact residual',
      m: 23,
      k: 768,
      group: 32,
      layouts: CODES,
      minima: true,
      exact: true,
      accumulate: true,
    }),
    makeCase({ name: 'minima, groups of 256', m: 9, k: 2560, group: 256, layouts: CODES, minima: true }),
    makeCase({ name: 'minima, one group', m: 9, k: 256, layouts: CODES, minima: true, exact: true }),
    makeCase({ name: 'smallest codes, exact', m: 6, k: 2560, code: -128, layouts: CODES, exact: true }),
    makeCase({
      name: 'largest codes, huge scale',
      m: 6,
      k: 512,
      group: 64,
      code: 127,
      layouts: CODES,
      amplitude: 1e30,
    }),
    makeColumns(2, { name: 'K = 2560', m: 37, k: 2560, layouts: [...FLOATS, 'W8'] }),
    makeColumns(5, {
      name: 'second shard, residual',
      m: 21,
      k: 256,
      firstRow: 7,
      accumulate: true,
      exact: true,
      layouts: CODES,
    }),
    makeColumns(3, {
      name: 'groups of 48 and minima',
      m: 7,
      k: 384,
      group: 48,
      minima: true,
      exact: true,
      layouts: CODES,
    }),
    makeCase({ name: 'zero weights', m: 6, k: 512, amplitude: 0 }),
    makeCase({ name: 'zero scales in groups', m: 6, k: 512, group: 32, amplitude: 0, layouts: CODES }),
  ],
};
