// Cases of rms-norm: widths around the workgroup size, every row or the last only, extreme scales, zeros.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { packState } from '../common/state.ts';
import { rmsNormReference } from './reference.ts';

const CANARY = -77;
const EPSILON = Math.fround(1e-5);

function makeCase(tokens: number, k: number, lastOnly: boolean, amplitude = 1): KernelCase {
  return {
    name: `${tokens} x ${k}${lastOnly ? ', last row' : ''}, amplitude ${amplitude}`,
    shape: { tokens, k, epsilon: EPSILON, last_only: Number(lastOnly) },
    inputs() {
      const random = seededUniform(tokens * 7919 + k);
      return {
        x: Float32Array.from({ length: tokens * k }, () => random() * amplitude),
        gain: Float32Array.from({ length: k }, () => 1 + 0.3 * random()),
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
          values: rmsNormReference(rows, inputs.gain as Float32Array, EPSILON),
          absolute: 1e-12,
          relative: 2e-6,
          reason: 'f32 sum of squares in any order and inverseSqrt of 2 ULP',
        },
      };
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'rms-norm',
  cases: [
    makeCase(1, 4, false),
    makeCase(1, 64, true),
    makeCase(5, 516, false),
    makeCase(65, 512, true),
    makeCase(3, 2560, false),
    makeCase(2, 12288, false),
    makeCase(2, 512, false, 3e4),
    makeCase(2, 512, true, 1e-4),
    makeCase(1, 128, false, 0),
  ],
};
