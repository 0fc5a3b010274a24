// Cases of quantize: widths around the workgroup size, one and several tokens, extreme scales, zeros.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { quantizeReference } from './reference.ts';

// f32 evaluates x * (127 / a) with two roundings of values of at most 127.
const TIE_WIDTH = 1e-4;
const CANARY = 0x7fc0dead;

function makeCase(tokens: number, k: number, amplitude = 1): KernelCase {
  return {
    name: `${tokens} x ${k}, amplitude ${amplitude}`,
    shape: { tokens, k },
    inputs() {
      const random = seededUniform(tokens * 7919 + k);
      return {
        x: Float32Array.from({ length: tokens * k }, () => random() * amplitude),
        q: new Uint32Array((tokens * k) / 4 + 4).fill(CANARY),
        scale: new Float32Array(tokens + 1).fill(-1),
      };
    },
    expected(inputs) {
      const { codes, preRounding, scales } = quantizeReference(inputs.x as Float32Array, k);
      return {
        q: { kind: 'packed-int8', values: codes, preRounding, tieWidth: TIE_WIDTH },
        scale: {
          kind: 'close',
          values: scales,
          absolute: 0,
          relative: 4e-7,
          reason: 'one f32 division of 2.5 ULP',
        },
      };
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'quantize',
  cases: [
    makeCase(1, 64),
    makeCase(1, 3072),
    makeCase(5, 516),
    makeCase(2, 23040),
    makeCase(2, 512, 3e4),
    makeCase(2, 512, 1e-6),
    makeCase(1, 128, 0),
  ],
};
