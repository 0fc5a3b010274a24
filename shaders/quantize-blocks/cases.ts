// Cases of quantize-blocks: small and whole-row blocks, more blocks than a workgroup, extreme scales, zeros.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { quantizeBlocksReference } from './reference.ts';

interface Options {
  readonly name: string;
  readonly tokens: number;
  readonly k: number;
  readonly block: number;
  readonly amplitude?: number;
  /** Every second block is zero. */
  readonly gaps?: boolean;
}

// f32 evaluates x * (127 / a) with two roundings: relative error below 1e-6 of at most 127.
const TIE_WIDTH = 1e-3;
const CANARY = 0x7fc0dead;

function makeCase({ name, tokens, k, block, amplitude = 1, gaps = false }: Options): KernelCase {
  const count = (tokens * k) / block;
  return {
    name,
    shape: { k, block, tokens },
    inputs() {
      const random = seededUniform(tokens * 7919 + k + block);
      const x = Float32Array.from({ length: tokens * k }, (_, index) => {
        const value = random() * amplitude;
        return gaps && Math.floor(index / block) % 2 === 1 ? 0 : value;
      });
      const q = new Uint32Array((tokens * k) / 4 + 4).fill(CANARY);
      return { x, q, scale: new Float32Array(count + 1).fill(-1) };
    },
    expected(inputs) {
      const { codes, preRounding, scales } = quantizeBlocksReference(inputs.x as Float32Array, block);
      const reason = 'one division, within 2.5 ULP';
      return {
        q: { kind: 'packed-int8', values: codes, preRounding, tieWidth: TIE_WIDTH },
        scale: { kind: 'close', values: scales, absolute: 0, relative: 2 ** -21, reason },
      };
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'quantize-blocks',
  cases: [
    makeCase({ name: 'one block of 16', tokens: 1, k: 16, block: 16 }),
    makeCase({ name: 'blocks of 32, K = 2560', tokens: 1, k: 2560, block: 32 }),
    makeCase({ name: 'blocks of 64, 65 tokens', tokens: 65, k: 384, block: 64 }),
    makeCase({ name: 'blocks of 128, K = 6912', tokens: 3, k: 6912, block: 128 }),
    makeCase({ name: 'one scale per token', tokens: 7, k: 640, block: 640 }),
    makeCase({ name: 'huge values', tokens: 2, k: 256, block: 32, amplitude: 1e30 }),
    makeCase({ name: 'tiny values', tokens: 2, k: 256, block: 32, amplitude: 1e-20 }),
    makeCase({ name: 'blocks of zeros between others', tokens: 3, k: 256, block: 32, gaps: true }),
    makeCase({ name: 'all zero', tokens: 1, k: 128, block: 64, amplitude: 0 }),
  ],
};
