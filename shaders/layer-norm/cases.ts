// Cases of layer-norm: widths around the workgroup size, every row or the last only, a mean far from zero, zeros.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { packState } from '../common/state.ts';
import { layerNormReference } from './reference.ts';

const CANARY = -77;
const EPSILON = Math.fround(1e-5);

interface Options {
  readonly lastOnly?: boolean;
  readonly amplitude?: number;
  readonly mean?: number;
}

function makeCase(tokens: number, k: number, options: Options = {}): KernelCase {
  const { lastOnly = false, amplitude = 1, mean = 0 } = options;
  return {
    name: `${tokens} x ${k}${lastOnly ? ', last row' : ''}, amplitude ${amplitude}, mean ${mean}`,
    shape: { tokens, k, epsilon: EPSILON, last_only: Number(lastOnly) },
    inputs() {
      const random = seededUniform(tokens * 7919 + k);
      return {
        x: Float32Array.from({ length: tokens * k }, () => mean + random() * amplitude),
        state: packState({ tokens }),
        out: new Float32Array((lastOnly ? 2 : tokens + 1) * k).fill(CANARY),
      };
    },
    expected(inputs) {
      const x = inputs.x as Float32Array;
      const rows = lastOnly ? x.subarray((tokens - 1) * k) : x;
      return {
        out: {
          kind: 'close',
          values: layerNormReference(rows, k, EPSILON),
          absolute: 4e-6 * (1 + Math.abs(mean)),
          relative: 4e-6,
          reason: 'f32 sums in any order; the mean is rounded to 2^-24 of its size before it is subtracted',
        },
      };
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'layer-norm',
  cases: [
    makeCase(1, 4),
    makeCase(1, 64, { lastOnly: true }),
    makeCase(5, 516),
    makeCase(65, 512, { lastOnly: true }),
    makeCase(3, 2048, { mean: 5 }),
    makeCase(2, 12288),
    makeCase(2, 512, { amplitude: 3e4 }),
    makeCase(1, 128, { amplitude: 0 }),
  ],
};
