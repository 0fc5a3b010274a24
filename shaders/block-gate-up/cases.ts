// Cases of block-gate-up: both activations, with and without norm and gain, groups, zeros.
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
import { blockGateUpReference } from './reference.ts';

interface Options extends Omit<ProductOptions, 'rows'> {
  readonly name: string;
  readonly f: number;
  readonly activation_kind: 'squared-relu' | 'silu';
  readonly gained?: boolean;
  readonly layout?: string;
}

function operandsOf(layout: string, options: Options) {
  const { f, gained = true } = options;
  const random = seededUniform(f + 11);
  const gain = Float32Array.from({ length: f }, () => 1 + 0.3 * random());
  const operands = productOperands(layout, { ...options, rows: 2 * f });
  // Scales that bring the products near 1, where the gates bend.
  const rowScale = operands.rowScale.map(
    (scale) => scale / Math.sqrt(options.k) / (layout === 'W8' ? 80 : 1),
  );
  // Outliers that weigh about as much as the codes.
  const beside = operands.outliers;
  const outlierScale = beside?.scale.map((scale) => scale / (4 * Math.sqrt(options.k)));
  return {
    ...operands,
    rowScale,
    outliers: beside && outlierScale ? { ...beside, scale: outlierScale } : null,
    gain: gained ? gain : null,
    activation: options.activation_kind,
  };
}

function makeCases(options: Options): KernelCase[] {
  const { name, f, layout: only, activation_kind: kind, outliers = 0 } = options;
  return (only ? [only] : CODE_LAYOUTS).map((layout) => ({
    name: `${kind}, ${name}, ${variantLayout(layout, outliers)}`,
    shape: {
      ...productShape(layout, { ...options, rows: 2 * f }),
      f,
      activation: kind === 'silu' ? 1 : 0,
      gained: options.gained === false ? 0 : 1,
    },
    layouts: [variantLayout(layout, outliers)],
    inputs() {
      const { w, rowScale, q, act, gain, outliers: beside } = operandsOf(layout, options);
      return {
        w,
        row_scale: rowScale,
        q: new Uint32Array(q.buffer),
        act,
        beside: besideBuffer(2 * f, beside, gain ?? undefined),
        q_out: new Uint32Array(f / 4 + 3).fill(CODE_CANARY),
        act_out: new Float32Array(f / 16 + 3).fill(-7),
      };
    },
    expected() {
      const { h, quantized, magnitude } = blockGateUpReference(operandsOf(layout, options));
      const error = (options.k / 32 + outliers + 16) * 2 ** -24 * magnitude;
      const largest = Math.max(...h.map(Math.abs));
      // Both factors are off by `error`; the gate is at most quadratic in them.
      return quantizedExpectation(quantized, 4 * error * Math.max(1, largest));
    },
  }));
}

const OUTLIER_CASES: readonly Options[] = [
  {
    name: '128 outliers, norm',
    f: 96,
    k: 2560,
    outliers: 128,
    norm: true,
    layout: 'T2',
    activation_kind: 'squared-relu',
  },
  {
    name: '272 outliers, no gain',
    f: 32,
    k: 512,
    outliers: 272,
    gained: false,
    layout: 'T2',
    activation_kind: 'silu',
  },
  {
    name: '48 outliers, groups',
    f: 64,
    k: 512,
    group: 128,
    outliers: 48,
    layout: 'B1',
    activation_kind: 'silu',
  },
];

/** All cases. */
export const cases: KernelCases = {
  kernel: 'block-gate-up',
  forTuner: ['silu, F = 160, K = 512, norm, T2', 'squared-relu, F = 160, K = 512, norm, T2'],
  cases: [
    ...makeCases({ name: 'one block, K = 128', f: 32, k: 128, activation_kind: 'squared-relu' }),
    ...makeCases({
      name: 'F = 160, K = 512, norm',
      f: 160,
      k: 512,
      norm: true,
      activation_kind: 'squared-relu',
    }),
    ...makeCases({
      name: 'F = 96, K = 2560, groups, norm, no gain',
      f: 96,
      k: 2560,
      group: 128,
      norm: true,
      gained: false,
      activation_kind: 'silu',
    }),
    ...makeCases({ name: 'one cell', f: 64, k: 64, layout: 'T2', activation_kind: 'silu' }),
    ...makeCases({ name: 'zero activations', f: 32, k: 512, activation: 0, activation_kind: 'silu' }),
    ...OUTLIER_CASES.flatMap(makeCases),
  ],
};
