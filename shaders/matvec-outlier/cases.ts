// Cases of matvec-outlier: ragged rows, shards, groups and blocks, few and many outliers, the residual, extremes.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { columnsCase } from '../column-case.ts';
import { type FloatMatrixOptions, floatMatrix } from '../float-case.ts';
import { matvecOutlierReference } from './reference.ts';

interface Options extends Omit<FloatMatrixOptions, 'rows' | 'group'> {
  readonly name: string;
  readonly m: number;
  /** Outlier columns. */
  readonly outliers: number;
  readonly group?: number;
  readonly block?: number;
  readonly firstRow?: number;
  readonly accumulate?: boolean;
  readonly layouts?: readonly string[];
  /** Every activation is this. Default random. */
  readonly activation?: number;
  /** Every outlier is this. Default random. */
  readonly outlier?: number;
  /** Promises the kernel that group and block are k. Default false. */
  readonly oneScale?: boolean;
  /** Which column of several: columns differ in their activations. Default 0. */
  readonly column?: number;
}

const LAYOUTS = ['W8', 'W4', 'T2', 'B1'];

/** What `out` holds before: exact to add to. */
const OLD = -7;

function sideOperands({
  m,
  k,
  block = k,
  outliers,
  activation,
  outlier,
  exact = false,
  column = 0,
}: Options) {
  const random = seededUniform(k + block + outliers);
  const drawActivation = seededUniform(k + block + 977 * column);
  // `exact`: small enough for sums below 2^24.
  const draw = (most: number) => Math.round(most * random());
  return {
    q: Int8Array.from({ length: k }, () => activation ?? Math.round((exact ? 7 : 127) * drawActivation())),
    qScale: Float32Array.from({ length: k / block }, (_, at) =>
      exact ? 2 ** ((at % 3) - 2) : 0.02 * (1.5 + random()),
    ),
    outliers: Int8Array.from({ length: m * outliers }, () => outlier ?? draw(exact ? 31 : 127)),
    outlierScale: Float32Array.from({ length: m }, (_, at) =>
      exact ? 2 ** -(at % 4) : 0.3 + 0.1 * random(),
    ),
    // Ascending, from the first to nearly the last column.
    index: Uint32Array.from({ length: outliers }, (_, j) => Math.floor((j * k) / outliers) + (j % 2)),
  };
}

function makeCase(options: Options): KernelCase {
  const { name, m, k, group = k, block = k, firstRow = 0, outliers, exact = false } = options;
  const { accumulate = false, layouts = LAYOUTS, oneScale = false } = options;
  const matrix = (layout: string | undefined) => floatMatrix(layout, { ...options, rows: m, group });
  return {
    name,
    shape: { m, k, group, block, first_row: firstRow, stride: 0, accumulate: accumulate ? 1 : 0, outliers },
    layouts,
    ...(oneScale && { overrides: { ONE_SCALE: 1 } }),
    inputs(layout) {
      const { w, rowScale } = matrix(layout);
      const side = sideOperands(options);
      return {
        w,
        row_scale: rowScale,
        q: new Uint32Array(side.q.buffer),
        q_scale: side.qScale,
        outlier_w: new Uint32Array(side.outliers.buffer),
        outlier_scale: side.outlierScale,
        outlier_index: side.index,
        out: new Float32Array(firstRow + m + 3).fill(OLD),
      };
    },
    expected(_, layout) {
      const operands = { ...matrix(layout), ...sideOperands(options), group, block };
      const { y, magnitude } = matvecOutlierReference(operands);
      const values = new Float64Array(firstRow + m).fill(OLD); // rows of other shards are left alone
      y.forEach((value, index) => {
        values[firstRow + index] = accumulate ? value + OLD : value;
      });
      // A chain of at most (K + J) / 4 sums of f32, each of three roundings of at most `magnitude` to 2^-24.
      const terms = k / 16 + outliers / 4 + 16;
      const absolute = exact ? 0 : terms * 2 ** -24 * (magnitude + (accumulate ? -OLD : 0));
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

/** All cases. */
export const cases: KernelCases = {
  kernel: 'matvec-outlier',
  cases: [
    makeCase({ name: 'one row, four outliers', m: 1, k: 128, outliers: 4, exact: true }),
    makeCase({ name: 'ragged rows, residual', m: 1030, k: 256, outliers: 64, exact: true, accumulate: true }),
    makeCase({ name: 'M = 67, K = 2560, scales per 32', m: 67, k: 2560, block: 32, outliers: 128 }),
    makeCase({ name: 'M = 9, K = 6912, residual', m: 9, k: 6912, outliers: 384, accumulate: true }),
    makeCase({
      ...{ name: 'one scale, ragged rows, residual', m: 1030, k: 256, outliers: 64 },
      ...{ exact: true, accumulate: true, oneScale: true },
    }),
    makeCase({ name: 'one scale, K = 6912', m: 9, k: 6912, outliers: 384, oneScale: true }),
    makeCase({
      name: 'one scale, largest',
      m: 5,
      k: 2048,
      outliers: 1024,
      activation: 127,
      outlier: 127,
      oneScale: true,
    }),
    ...[16, 32, 48, 80].map((outliers) =>
      makeCase({ name: `${outliers} outliers`, m: 69, k: 256, outliers, exact: true, accumulate: true }),
    ),
    makeCase({ name: '48 outliers, scales per 32', m: 35, k: 512, block: 32, outliers: 48 }),
    makeCase({ name: 'second shard', m: 50, k: 256, firstRow: 77, outliers: 64 }),
    makeCase({
      name: 'groups of 128, blocks of 32, exact',
      m: 23,
      k: 768,
      group: 128,
      block: 32,
      outliers: 64,
      exact: true,
    }),
    makeCase({
      name: 'groups of 16, blocks of 64, exact',
      m: 23,
      k: 768,
      group: 16,
      block: 64,
      outliers: 64,
      exact: true,
    }),
    makeColumns(3, { name: 'one scale each', m: 23, k: 256, outliers: 32, firstRow: 4, exact: true }),
    makeColumns(2, { name: 'blocks of 32', m: 9, k: 256, block: 32, outliers: 32, exact: true }),
    makeCase({ name: 'every column an outlier', m: 6, k: 256, outliers: 252, exact: true }),
    makeCase({
      ...{
        name: 'largest codes, activations and outliers: exact to 1024 of them',
        m: 5,
        k: 2048,
        outliers: 1024,
      },
      ...{ code: 0, activation: 127, outlier: 127, exact: true, layouts: ['W8', 'W4', 'T2'] },
    }),
    makeCase({ name: 'zero activations', m: 6, k: 512, group: 64, activation: 0, outliers: 64 }),
  ],
};
