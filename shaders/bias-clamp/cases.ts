// Cases of bias-clamp: ragged widths, more than one token, with and without a limit.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { NO_LIMIT } from './kernel.ts';
import { biasClampReference } from './reference.ts';

function makeCase(tokens: number, m: number, limit: number): KernelCase {
  return {
    name: `${tokens} x ${m}, limit ${limit}`,
    shape: { m, tokens, limit: Math.fround(limit) },
    inputs() {
      const random = seededUniform(tokens * 101 + m);
      return {
        bias: Float32Array.from({ length: m }, () => random()),
        y: Float32Array.from({ length: tokens * m + 3 }, () => random() * 4),
      };
    },
    expected(inputs) {
      const y = (inputs.y as Float32Array).subarray(0, tokens * m);
      return {
        y: {
          kind: 'close',
          values: biasClampReference(y, inputs.bias as Float32Array, Math.fround(limit)),
          absolute: 3e-7,
          relative: 0,
          reason: 'one f32 addition of values up to 5',
        },
      };
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'bias-clamp',
  cases: [
    makeCase(1, 1, NO_LIMIT),
    makeCase(1, 255, NO_LIMIT),
    makeCase(7, 384, 2.5),
    makeCase(70, 3776, NO_LIMIT),
  ],
};
