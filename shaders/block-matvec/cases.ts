// Cases of block-matvec: ragged rows, shards, groups, with and without norm, extremes.
import {
  besideBuffer,
  CODE_LAYOUTS,
  type ProductOptions,
  productOperands,
  productShape,
  variantLayout,
} from '../block-case.ts';
import type { KernelCase, KernelCases } from '../case.ts';
import { blockMatvecReference } from './reference.ts';

interface Options extends ProductOptions {
  readonly name: string;
  readonly firstRow?: number;
  readonly layout?: string;
}

const CANARY = -7;

function makeCases(options: Options): KernelCase[] {
  const { name, rows, firstRow = 0, layout: only, outliers = 0 } = options;
  return (only ? [only] : CODE_LAYOUTS).map((layout) => ({
    name: `${name}, ${variantLayout(layout, outliers)}`,
    shape: { ...productShape(layout, options), m: rows, first_row: firstRow },
    layouts: [variantLayout(layout, outliers)],
    inputs() {
      const { w, rowScale, q, act, outliers: beside } = productOperands(layout, options);
      return {
        w,
        row_scale: rowScale,
        q: new Uint32Array(q.buffer),
        act,
        beside: besideBuffer(rows, beside),
        out: new Float32Array(firstRow + rows + 3).fill(CANARY),
      };
    },
    expected() {
      const { y, magnitude } = blockMatvecReference(productOperands(layout, options));
      const values = new Float64Array(firstRow + rows).fill(CANARY);
      values.set(y, firstRow);
      return {
        out: {
          kind: 'close',
          values,
          absolute: (options.k / 32 + outliers + 16) * 2 ** -24 * magnitude,
          relative: 4e-6,
          reason: 'exact integers within blocks, f32 sums of blocks, inverseSqrt of 2 ULP',
        },
      };
    },
  }));
}

const OUTLIER_CASES: readonly Options[] = [
  { name: '16 outliers, one row', rows: 1, k: 128, outliers: 16, layout: 'T2' },
  { name: '128 outliers, ragged rows, norm', rows: 67, k: 2560, outliers: 128, norm: true, layout: 'T2' },
  { name: '1008 outliers, zero codes', rows: 70, k: 12288, outliers: 1008, code: 0, layout: 'T2' },
  { name: '48 outliers, groups, norm', rows: 67, k: 512, group: 128, outliers: 48, norm: true, layout: 'B1' },
];

/** All cases. */
export const cases: KernelCases = {
  kernel: 'block-matvec',
  forTuner: ['ragged rows, norm, T2'],
  cases: [
    ...makeCases({ name: 'one row, K = 128', rows: 1, k: 128 }),
    ...makeCases({ name: 'one row, K = 64', rows: 1, k: 64, layout: 'T2' }),
    ...makeCases({ name: 'ragged rows, norm', rows: 515, k: 384, norm: true }),
    ...makeCases({
      name: 'M = 67, K = 2560, groups of 128, norm',
      rows: 67,
      k: 2560,
      group: 128,
      norm: true,
    }),
    ...makeCases({ name: 'M = 40, K = 6912, groups of 256', rows: 40, k: 6912, group: 256 }),
    ...makeCases({ name: 'groups of 32', rows: 33, k: 512, group: 32, layout: 'W4' }),
    ...makeCases({ name: 'groups of 32', rows: 33, k: 512, group: 32, layout: 'W8' }),
    ...makeCases({ name: 'groups of 64', rows: 33, k: 512, group: 64, layout: 'T2' }),
    ...makeCases({ name: 'second shard', rows: 50, k: 256, firstRow: 77, norm: true }),
    ...makeCases({ name: 'smallest codes and activations', rows: 6, k: 12288, code: -128, activation: -128 }),
    ...makeCases({ name: 'zero activations', rows: 6, k: 512, activation: 0 }),
    ...OUTLIER_CASES.flatMap(makeCases),
  ],
};
