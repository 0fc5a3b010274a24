// Cases of matvec-float: ragged rows, one row, more rows than workgroups in one dimension, shards, groups, extremes.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { floatMatrix } from '../float-case.ts';
import { matvecFloatReference } from './reference.ts';

interface Options {
  readonly name: string;
  readonly m: number;
  readonly k: number;
  readonly group?: number;
  readonly firstRow?: number;
  readonly layouts?: readonly string[];
  readonly amplitude?: number;
  readonly code?: number;
  /** Small integers for x: with power-of-two scales every sum is exact. */
  readonly exact?: boolean;
}

function makeCase(options: Options): KernelCase {
  const { name, m, k, group = k, firstRow = 0, layouts = ['W8', 'F16', 'F32'], exact = false } = options;
  const matrix = (layout: string | undefined) => {
    const made = floatMatrix(layout, { ...options, rows: m, group });
    if (exact) made.rowScale.set(made.rowScale.map((_, index) => 2 ** ((index % 5) - 9)));
    return made;
  };
  return {
    name,
    shape: { m, k, group, first_row: firstRow },
    layouts,
    inputs(layout) {
      const { w, rowScale } = matrix(layout);
      const random = seededUniform(m + k);
      const x = Float32Array.from({ length: k }, () => (exact ? Math.round(7 * random()) : 3 * random()));
      return { w, row_scale: rowScale, x, out: new Float32Array(firstRow + m + 3).fill(-7) };
    },
    expected(inputs, layout) {
      const { values, rowScale } = matrix(layout);
      const x = inputs.x as Float32Array;
      const { y, magnitude } = matvecFloatReference({ values, rowScale, x, group });
      const all = new Float64Array(firstRow + m).fill(-7); // rows before the shard are left alone
      all.set(y, firstRow);
      // A chain of at most 64 additions of f32 rounds each partial sum, at most `magnitude`, to 2^-24.
      const absolute = exact ? 0 : 64 * 2 ** -24 * magnitude;
      const reason = exact ? 'sums of integers below 2^24, exact in any order' : 'f32 sums in any order';
      return { out: { kind: 'close', values: all, absolute, relative: 0, reason } };
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'matvec-float',
  cases: [
    makeCase({ name: 'one row, K = 16', m: 1, k: 16 }),
    makeCase({ name: 'more than 65 535 rows, K = 16', m: 70000, k: 16, layouts: ['W8'] }),
    makeCase({ name: 'ragged rows, exact, K = 64', m: 131, k: 64, layouts: ['W8'], exact: true }),
    makeCase({ name: 'head of a small model, exact', m: 4096, k: 512, layouts: ['W8'], exact: true }),
    makeCase({ name: 'ragged rows, K = 528', m: 37, k: 528 }),
    makeCase({ name: 'M = 67, K = 2560', m: 67, k: 2560 }),
    makeCase({ name: 'M = 9, K = 6912', m: 9, k: 6912 }),
    makeCase({ name: 'second shard', m: 50, k: 256, firstRow: 77 }),
    makeCase({ name: 'groups of 64', m: 50, k: 512, group: 64, layouts: ['W8'] }),
    makeCase({ name: 'groups of 16, exact', m: 5, k: 272, group: 16, layouts: ['W8'], exact: true }),
    makeCase({ name: 'every code -128, exact', m: 6, k: 2560, code: -128, layouts: ['W8'], exact: true }),
    makeCase({
      name: 'every code 127, huge scale',
      m: 6,
      k: 512,
      code: 127,
      layouts: ['W8'],
      amplitude: 1e30,
    }),
    makeCase({ name: 'zero weights', m: 6, k: 512, amplitude: 0 }),
  ],
};
