// Cases of rms-norm-quantize: widths around the workgroup size, one and several tokens, extreme scales, zeros.
import { type Buffers, type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { rmsNormQuantizeReference } from './reference.ts';

interface Options {
  readonly name: string;
  readonly tokens: number;
  readonly k: number;
  readonly amplitude?: number;
}

// f32 evaluates y * 127 / a with a handful of roundings: relative error below 1e-6 of at most 127.
const TIE_WIDTH = 1e-3;
// The scale is one maximum times r: sums of at most 12 288 squares in f32, any order, inverseSqrt within 2 ULP.
const SCALE_RELATIVE = 2e-6;
const CANARY = 0x7fc0dead;

function makeCase({ name, tokens, k, amplitude = 1 }: Options): KernelCase {
  const epsilon = 1e-5;
  return {
    name,
    shape: { tokens, k, epsilon: Math.fround(epsilon) },
    inputs() {
      const random = seededUniform(tokens * 7919 + k);
      const x = Float32Array.from({ length: tokens * k }, () => random() * amplitude);
      const gain = Float32Array.from({ length: k }, () => 1 + 0.3 * random());
      return {
        x,
        gain,
        q: new Uint32Array((tokens * k) / 4 + 4).fill(CANARY),
        scale: new Float32Array(tokens + 1).fill(-1),
      };
    },
    expected(inputs: Buffers) {
      const x = inputs.x as Float32Array;
      const result = rmsNormQuantizeReference(x, inputs.gain as Float32Array, Math.fround(epsilon));
      return {
        q: {
          kind: 'packed-int8',
          values: result.codes,
          preRounding: result.preRounding,
          tieWidth: TIE_WIDTH,
        },
        scale: {
          kind: 'close',
          values: result.scales,
          absolute: 1e-12,
          relative: SCALE_RELATIVE,
          reason: 'f32 sum of squares in any order and inverseSqrt of 2 ULP',
        },
      };
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'rms-norm-quantize',
  cases: [
    makeCase({ name: 'one token, K = 64', tokens: 1, k: 64 }),
    makeCase({ name: 'one token, K = 2560', tokens: 1, k: 2560 }),
    makeCase({ name: 'five tokens, ragged K = 516', tokens: 5, k: 516 }),
    makeCase({ name: 'K = 12288', tokens: 2, k: 12288 }),
    makeCase({ name: 'large values', tokens: 2, k: 512, amplitude: 3e4 }),
    makeCase({ name: 'tiny values below epsilon', tokens: 2, k: 512, amplitude: 1e-4 }),
    makeCase({ name: 'all zero', tokens: 1, k: 128, amplitude: 0 }),
  ],
};
