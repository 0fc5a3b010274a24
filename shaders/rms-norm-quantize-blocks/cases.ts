// Cases of rms-norm-quantize-blocks: widths around the workgroup size, block sizes, extreme scales, zeros.
import { type Buffers, type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { rmsNormQuantizeBlocksReference } from './reference.ts';

interface Options {
  readonly name: string;
  readonly tokens: number;
  readonly k: number;
  readonly block: number;
  readonly amplitude?: number;
  /** Every second block is zero. */
  readonly gaps?: boolean;
}

// f32 evaluates x * gain * (127 / a) with a handful of roundings: relative error below 1e-6 of at most 127.
const TIE_WIDTH = 1e-3;
// One maximum times r: sums of at most 12 288 squares in f32, any order, a square root and divisions within 2.5 ULP.
const SCALE_RELATIVE = 2e-6;
const CANARY = 0x7fc0dead;
const EPSILON = Math.fround(1e-5);

function makeCase({ name, tokens, k, block, amplitude = 1, gaps = false }: Options): KernelCase {
  return {
    name,
    shape: { tokens, k, block, epsilon: EPSILON },
    inputs() {
      const random = seededUniform(tokens * 7919 + k + block);
      const x = Float32Array.from({ length: tokens * k }, (_, index) => {
        const value = random() * amplitude;
        return gaps && Math.floor(index / block) % 2 === 1 ? 0 : value;
      });
      return {
        x,
        gain: Float32Array.from({ length: k }, () => 1 + 0.3 * random()),
        q: new Uint32Array((tokens * k) / 4 + 4).fill(CANARY),
        scale: new Float32Array((tokens * k) / block + 1).fill(-1),
      };
    },
    expected(inputs: Buffers) {
      const operands = { x: inputs.x as Float32Array, gain: inputs.gain as Float32Array };
      const result = rmsNormQuantizeBlocksReference({ ...operands, block, epsilon: EPSILON });
      const reason = 'f32 sum of squares in any order, a square root and two divisions';
      return {
        q: {
          kind: 'packed-int8',
          values: result.codes,
          preRounding: result.preRounding,
          tieWidth: TIE_WIDTH,
        },
        scale: { kind: 'close', values: result.scales, absolute: 0, relative: SCALE_RELATIVE, reason },
      };
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'rms-norm-quantize-blocks',
  cases: [
    makeCase({ name: 'one token, K = 64', tokens: 1, k: 64, block: 32 }),
    makeCase({ name: 'one token, K = 2560', tokens: 1, k: 2560, block: 32 }),
    makeCase({ name: 'five tokens, blocks of 4, K = 516', tokens: 5, k: 516, block: 4 }),
    makeCase({ name: 'more blocks than invocations, K = 12288', tokens: 2, k: 12288, block: 32 }),
    makeCase({ name: 'one block per token', tokens: 3, k: 640, block: 640 }),
    makeCase({ name: 'large values', tokens: 2, k: 512, block: 64, amplitude: 3e4 }),
    makeCase({ name: 'tiny values below epsilon', tokens: 2, k: 512, block: 32, amplitude: 1e-4 }),
    makeCase({ name: 'blocks of zeros between others', tokens: 3, k: 256, block: 32, gaps: true }),
    makeCase({ name: 'all zero', tokens: 1, k: 128, block: 32, amplitude: 0 }),
  ],
};
