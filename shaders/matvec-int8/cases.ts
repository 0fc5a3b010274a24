// Cases of matvec-int8: ragged rows, shards, groups and blocks, minima, the residual, extremes.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { columnsCase } from '../column-case.ts';
import { type FloatMatrixOptions, floatMatrix } from '../float-case.ts';
import { packBitPlanes } from '../layouts/p/layout.ts';
import { matvecInt8Reference } from './reference.ts';

interface Options extends Omit<FloatMatrixOptions, 'rows' | 'group'> {
  readonly name: string;
  readonly m: number;
  readonly group?: number;
  readonly block?: number;
  readonly firstRow?: number;
  readonly layouts?: readonly string[];
  readonly accumulate?: boolean;
  /** The kernel is told that every cell has one scale. Default false. */
  readonly cellScales?: boolean;
  /** Every activation is this. Default random. */
  readonly activation?: number;
  /** Which column of several: columns differ in their activations. Default 0. */
  readonly column?: number;
}

const ALL = ['W8', 'W4', 'T2', 'B1', 'P'];

/** What `out` holds before: exact to add to. */
const OLD = -7;

function activations(options: Options) {
  const { k, block = k, activation, exact = false, column = 0 } = options;
  // `exact`: small enough for sums below 2^24.
  const most = exact ? 7 : 127;
  const random = seededUniform(k + block + 977 * column);
  const q = Int8Array.from({ length: k }, () => activation ?? Math.round(most * random()));
  const qScale = Float32Array.from({ length: k / block }, (_, index) =>
    exact ? 2 ** ((index % 3) - 2) : 0.02 * (1.5 + random()),
  );
  return { q, qScale };
}

function makeCase(options: Options): KernelCase {
  const { name, m, k, group = k, block = k, firstRow = 0, layouts = ALL, exact = false } = options;
  const { accumulate = false, minima = false, cellScales = false } = options;
  const matrix = (layout: string | undefined) => floatMatrix(layout, { ...options, rows: m, group });
  const shape = { m, k, group, block, first_row: firstRow, stride: 0, tokens: 1 };
  return {
    name,
    shape: { ...shape, accumulate: accumulate ? 1 : 0, minima: minima ? 1 : 0 },
    ...(cellScales && { overrides: { CELL_SCALES: 1 } }),
    // Planes come in 32 columns.
    layouts: group % 32 === 0 && block % 32 === 0 ? layouts : layouts.filter((name) => name !== 'P'),
    inputs(layout) {
      const { w, rowScale, rowMin } = matrix(layout);
      const { q, qScale } = activations(options);
      return {
        w,
        row_scale: rowScale,
        // Without minima the contents of row_min must not matter.
        row_min: minima ? rowMin : new Float32Array(4).fill(Number.NaN),
        q: layout === 'P' ? packBitPlanes(q) : new Uint32Array(q.buffer),
        q_scale: qScale,
        out: new Float32Array(firstRow + m + 3).fill(OLD),
      };
    },
    expected(_, layout) {
      const operands = { ...matrix(layout), ...activations(options), k, group, block };
      const { y, magnitude } = matvecInt8Reference(operands);
      const values = new Float64Array(firstRow + m).fill(OLD); // rows of other shards are left alone
      y.forEach((value, index) => {
        const at = firstRow + index;
        values[at] = accumulate ? value + OLD : value;
      });
      // A chain of at most K / 16 sums of f32, each of three roundings of at most `magnitude` to 2^-24.
      const absolute = exact ? 0 : (k / 16 + 16) * 2 ** -24 * (magnitude + (accumulate ? -OLD : 0));
      const reason = exact
        ? 'sums of integers below 2^24, exact in any order'
        : 'exact integers, f32 sums of groups';
      return { out: { kind: 'close', values, absolute, relative: 0, reason } };
    },
  };
}

/** Columns side by side. */
function makeColumns(columns: number, options: Options): KernelCase {
  const { m, firstRow = 0 } = options;
  const each = Array.from({ length: columns }, (_, column) => makeCase({ ...options, column }));
  return columnsCase(each, { perColumn: ['q', 'q_scale', 'out'], stride: firstRow + m + 3 });
}

/** Group and block: each larger than, equal to and smaller than a cell, and neither a multiple of the other. */
const GROUPS = [
  [16, 128],
  [32, 32],
  [64, 768],
  [128, 64],
  [128, 128],
  [256, 32],
  [768, 384],
  [48, 768],
] as const;

/** All cases. */
export const cases: KernelCases = {
  kernel: 'matvec-int8',
  forTuner: ['M = 67, K = 2560'],
  cases: [
    makeCase({ name: 'one row, K = 128', m: 1, k: 128, exact: true }),
    makeCase({ name: 'one row, K = 64', m: 1, k: 64, layouts: ['W8', 'W4', 'T2', 'P'], exact: true }),
    makeCase({ name: 'ragged rows, residual', m: 1030, k: 128, exact: true, accumulate: true }),
    makeCase({ name: 'M = 67, K = 2560', m: 67, k: 2560, group: 128 }),
    makeCase({ name: 'M = 9, K = 6912, residual', m: 9, k: 6912, group: 128, accumulate: true }),
    makeCase({ name: 'second shard', m: 50, k: 256, firstRow: 77 }),
    ...GROUPS.map(([group, block]) =>
      makeCase({ name: `groups of ${group}, blocks of ${block}`, m: 23, k: 768, group, block, exact: true }),
    ),
    makeCase({
      name: 'minima, groups of 32, exact residual',
      m: 23,
      k: 768,
      group: 32,
      block: 64,

      minima: true,
      exact: true,
      accumulate: true,
    }),
    makeColumns(3, {
      name: 'groups of 128, blocks of 64, second shard',
      m: 23,
      k: 768,
      group: 128,
      block: 64,
      firstRow: 5,
      exact: true,
    }),
    makeCase({
      name: 'whole cells, groups of 128, blocks of 192, second shard',
      layouts: ['P'],
      cellScales: true,
      m: 131,
      k: 768,
      group: 128,
      block: 192,
      firstRow: 5,
      exact: true,
      accumulate: true,
    }),
    makeColumns(3, { name: 'whole cells', layouts: ['P'], cellScales: true, m: 23, k: 2560, group: 128 }),
    makeCase({ name: 'minima, groups of 256', m: 9, k: 2560, group: 256, minima: true }),
    makeCase({ name: 'minima, one group', m: 9, k: 256, minima: true, exact: true }),
    makeCase({ name: 'smallest codes and activations', m: 6, k: 12288, code: -128, activation: -128 }),
    makeCase({ name: 'largest codes, huge scale', m: 6, k: 512, code: 127, amplitude: 1e30 }),
    makeCase({ name: 'zero scales', m: 6, k: 512, group: 64, amplitude: 0 }),
    makeCase({ name: 'zero activations', m: 6, k: 512, group: 64, activation: 0, minima: true }),
  ],
};
