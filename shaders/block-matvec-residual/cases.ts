// Cases of block-matvec-residual: one block to many, groups, with and without norm, a zero block.
import {
  besideBuffer,
  CODE_CANARY,
  CODE_LAYOUTS,
  type ProductOptions,
  productOperands,
  productShape,
  quantizedExpectation,
  variantLayout,
} from '../block-case.ts';
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { blockMatvecResidualReference } from './reference.ts';

interface Options extends ProductOptions {
  readonly name: string;
  readonly layout?: string;
  /** Largest magnitude of the residual. Default 3. */
  readonly residual?: number;
}

function operandsOf(layout: string, options: Options) {
  const { rows, residual = 3 } = options;
  const random = seededUniform(rows + 5);
  return {
    ...productOperands(layout, options),
    x: Float32Array.from({ length: rows }, () => residual * random()),
    gain: Float32Array.from({ length: rows }, () => 1 + 0.3 * random()),
  };
}

function makeCases(options: Options): KernelCase[] {
  const { name, rows, layout: only, outliers = 0 } = options;
  return (only ? [only] : CODE_LAYOUTS).map((layout) => ({
    name: `${name}, ${variantLayout(layout, outliers)}`,
    shape: { ...productShape(layout, options), m: rows },
    layouts: [variantLayout(layout, outliers)],
    inputs() {
      const { w, rowScale, q, act, x, gain, outliers: beside } = operandsOf(layout, options);
      const out = new Float32Array(rows + 3).fill(-7);
      out.set(x);
      return {
        w,
        row_scale: rowScale,
        q: new Uint32Array(q.buffer),
        act,
        beside: besideBuffer(rows, beside, gain),
        x: out,
        q_out: new Uint32Array(rows / 4 + 3).fill(CODE_CANARY),
        act_out: new Float32Array(rows / 16 + 3).fill(-7),
      };
    },
    expected() {
      const { x, quantized, magnitude } = blockMatvecResidualReference(operandsOf(layout, options));
      const absolute = (options.k / 32 + outliers + 16) * 2 ** -24 * (magnitude + 3);
      return {
        x: { kind: 'close', values: x, absolute, relative: 4e-6, reason: 'f32 sums of blocks' },
        ...quantizedExpectation(quantized, absolute),
      };
    },
  }));
}

const OUTLIER_CASES: readonly Options[] = [
  { name: '352 outliers, norm', rows: 64, k: 6912, outliers: 352, norm: true, layout: 'T2' },
  { name: '1024 outliers, K = 12288', rows: 32, k: 12288, outliers: 1024, layout: 'T2' },
  { name: '48 outliers, groups', rows: 96, k: 512, group: 128, outliers: 48, norm: true, layout: 'B1' },
];

/** All cases. */
export const cases: KernelCases = {
  kernel: 'block-matvec-residual',
  forTuner: ['M = 64, K = 6912, norm, T2'],
  cases: [
    ...makeCases({ name: 'one block, K = 128', rows: 32, k: 128 }),
    ...makeCases({ name: 'one block, one cell', rows: 32, k: 64, layout: 'T2' }),
    ...makeCases({ name: 'M = 512, K = 384, norm', rows: 512, k: 384, norm: true }),
    ...makeCases({ name: 'M = 96, K = 2560, groups of 128', rows: 96, k: 2560, group: 128 }),
    ...makeCases({ name: 'M = 64, K = 6912, norm', rows: 64, k: 6912, norm: true }),
    ...makeCases({ name: 'groups of 64', rows: 64, k: 512, group: 64, layout: 'T2' }),
    ...makeCases({ name: 'all zero', rows: 64, k: 512, activation: 0, residual: 0 }),
    ...OUTLIER_CASES.flatMap(makeCases),
  ],
};
