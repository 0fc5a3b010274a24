// Cases of outlier-product: ragged rows, a second shard, one scale and scales per block, the extremes.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { columnsCase } from '../column-case.ts';
import { outlierProductReference } from './reference.ts';

interface Options {
  readonly name: string;
  readonly m: number;
  readonly k: number;
  readonly outliers: number;
  readonly block?: number;
  readonly firstRow?: number;
  /** The kernel is told that block is k. Default false. */
  readonly oneScale?: boolean;
  /** Every activation and outlier is this; its sums are exact. Default random. */
  readonly value?: number;
  /** Which column of several: columns differ in their activations. Default 0. */
  readonly column?: number;
}

/** What `out` holds before: exact to add to. */
const OLD = -7;

function makeCase(options: Options): KernelCase {
  const { name, m, k, outliers: J, block = k, firstRow = 0, value, column = 0 } = options;
  const { oneScale = false } = options;
  const random = seededUniform(k + block + J);
  const drawFrom = (next: () => number) => () => value ?? Math.round(127 * next());
  const draw = drawFrom(random);
  const q = Int8Array.from({ length: k }, drawFrom(seededUniform(k + column)));
  const outliers = Int8Array.from({ length: m * J }, draw);
  const scale = Float32Array.from({ length: m }, (_, at) => 2 ** -(at % 4));
  const qScale = Float32Array.from({ length: k / block }, (_, at) =>
    value === undefined ? 0.02 + 0.01 * at : 1,
  );
  const index = Uint32Array.from({ length: J }, (_, j) => Math.floor((j * k) / J) + (j % 2));
  return {
    name,
    shape: { m, k, block, first_row: firstRow, stride: 0, outliers: J },
    ...(oneScale && { overrides: { ONE_SCALE: 1 } }),
    inputs: () => ({
      outlier_w: new Uint32Array(outliers.buffer),
      outlier_scale: scale,
      outlier_index: index,
      q: new Uint32Array(q.buffer),
      q_scale: qScale,
      out: new Float32Array(firstRow + m + 3).fill(OLD),
    }),
    expected() {
      const { y, magnitude } = outlierProductReference({ outliers, scale, index, q, qScale, block });
      const values = new Float64Array(firstRow + m).fill(OLD);
      y.forEach((sum, row) => {
        values[firstRow + row] += sum;
      });
      const isExact = value !== undefined;
      const absolute = isExact ? 0 : (J + 8) * 2 ** -24 * (magnitude - OLD);
      const reason = isExact ? 'sums of integers below 2^24' : 'f32 sums of J products, each rounded';
      return { out: { kind: 'close', values, absolute, relative: 0, reason } };
    },
  };
}

function makeColumns(columns: number, options: Options): KernelCase {
  const { firstRow = 0, m } = options;
  const each = Array.from({ length: columns }, (_, column) => makeCase({ ...options, column }));
  return columnsCase(each, { perColumn: ['q', 'q_scale', 'out'], stride: firstRow + m + 3 });
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'outlier-product',
  cases: [
    makeCase({ name: 'one row, 16 outliers', m: 1, k: 64, outliers: 16, value: 3 }),
    makeCase({ name: 'ragged rows, one scale', m: 1030, k: 256, outliers: 48 }),
    makeCase({ name: 'second shard, scales per 32', m: 67, k: 2560, block: 32, outliers: 128, firstRow: 77 }),
    makeCase({ name: 'said to have one scale', m: 131, k: 512, outliers: 48, oneScale: true }),
    makeColumns(3, { name: 'three columns', m: 67, k: 256, outliers: 48 }),
    makeCase({ name: 'largest negative sums, exact', m: 5, k: 1024, outliers: 1008, value: -127 }),
    makeCase({
      name: 'the same, said to have one scale',
      m: 5,
      k: 1024,
      outliers: 1008,
      value: -127,
      oneScale: true,
    }),
  ],
};
