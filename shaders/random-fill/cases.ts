// Cases of random-fill: every content, one word, ragged sizes, more than the grid covers at once.
import { f32ToF16 } from '../../src/util/float16.ts';
import type { Expectation, KernelCase, KernelCases } from '../case.ts';
import { byteWord, floatValue, halfValues, planeWord, randomBits, ternaryWord } from './reference.ts';

const CANARY = 0xdeadbeef;
const LAYOUTS = ['T2', 'P', 'B1', 'W4', 'W8', 'F16', 'F32', 'BF16', 'constant'];
const FLOAT = new Float32Array(1);
const FLOAT_BITS = new Uint32Array(FLOAT.buffer);

function wordOf(layout: string | undefined, seed: number, scale: number, i: number): number {
  const bits = randomBits(seed, i);
  if (layout === 'T2') return ternaryWord(bits);
  if (layout === 'P') return planeWord(seed, i);
  if (layout === 'W8') return byteWord(bits);
  if (layout === 'constant') return floatBits(scale);
  if (layout !== 'F16' && layout !== 'BF16') return bits;
  const [low, high] = halfValues(bits, scale);
  // The upper half of an f32 is the bf16 below it.
  if (layout === 'BF16') return (floatBits(low) >>> 16) + (floatBits(high) >>> 16) * 2 ** 16;
  return (f32ToF16(low) | (f32ToF16(high) << 16)) >>> 0;
}

function floatBits(value: number): number {
  FLOAT[0] = value;
  return FLOAT_BITS[0];
}

function expectedWords(n: number, seed: number, scale: number, layout: string | undefined): Expectation {
  if (layout !== 'F32') {
    return {
      kind: 'exact',
      values: Uint32Array.from({ length: n }, (_, i) => wordOf(layout, seed, scale, i)),
    };
  }
  return {
    kind: 'close',
    values: Float64Array.from({ length: n }, (_, i) => floatValue(randomBits(seed, i), scale)),
    absolute: 0,
    relative: 2 ** -22,
    reason: 'two products, each within half an ULP',
  };
}

function makeCase(n: number, seed: number, scale: number): KernelCase {
  return {
    name: `${n} words, seed ${seed}`,
    shape: { n, seed, scale },
    layouts: LAYOUTS,
    inputs: (layout) => ({
      out: layout === 'F32' ? new Float32Array(n + 4).fill(-7) : new Uint32Array(n + 4).fill(CANARY),
    }),
    expected: (_, layout) => ({ out: expectedWords(n, seed, scale, layout) }),
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'random-fill',
  cases: [
    makeCase(1, 1, 1),
    makeCase(254, 7, 0.25),
    makeCase(258, 0xffffffff, 2 ** -6),
    makeCase(4096 * 256 + 6, 3, 0.5),
  ],
};
