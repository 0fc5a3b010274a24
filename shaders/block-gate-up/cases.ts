// Cases of block-gate-up: both activations, with and without norm and gain, groups, zeros.
import {
  CODE_CANARY,
  CODE_LAYOUTS,
  type ProductOptions,
  productOperands,
  productShape,
  quantizedExpectation,
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
  return { ...operands, rowScale, gain: gained ? gain : null, activation: options.activation_kind };
}

function makeCases(options: Options): KernelCase[] {
  const { name, f, layout: only, activation_kind: kind } = options;
  return (only ? [only] : CODE_LAYOUTS).map((layout) => ({
    name: `${kind}, ${name}, ${layout}`,
    shape: {
      ...productShape(layout, { ...options, rows: 2 * f }),
      f,
      activation: kind === 'silu' ? 1 : 0,
      gained: options.gained === false ? 0 : 1,
    },
    layouts: [layout],
    inputs() {
      const { w, rowScale, q, act, gain } = operandsOf(layout, options);
      return {
        w,
        row_scale: rowScale,
        q: new Uint32Array(q.buffer),
        act,
        gain: gain ?? new Float32Array(4).fill(Number.NaN),
        q_out: new Uint32Array(f / 4 + 3).fill(CODE_CANARY),
        act_out: new Float32Array(f / 16 + 3).fill(-7),
      };
    },
    expected() {
      const { h, quantized, magnitude } = blockGateUpReference(operandsOf(layout, options));
      const error = (options.k / 32 + 16) * 2 ** -24 * magnitude;
      const largest = Math.max(...h.map(Math.abs));
      // Both factors are off by `error`; the gate is at most quadratic in them.
      return quantizedExpectation(quantized, 4 * error * Math.max(1, largest));
    },
  }));
}

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
  ],
};
