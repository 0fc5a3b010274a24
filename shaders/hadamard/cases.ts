// Cases of hadamard: every block size, rows that are no multiple of a chunk, norm and diagonal, and H H = I.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { hadamardReference } from './reference.ts';

interface Options {
  readonly name: string;
  readonly tokens: number;
  readonly k: number;
  readonly block: number;
  readonly amplitude?: number;
  readonly gain?: boolean;
  readonly signs?: boolean;
  readonly norm?: boolean;
  /** x is the transform of something known, which must come back. */
  readonly inverse?: boolean;
}

const EPSILON = Math.fround(1e-5);

function makeCase(options: Options): KernelCase {
  const { name, tokens, k, block, amplitude = 1, gain = false, signs = false, norm = false } = options;
  const { inverse = false } = options;
  const random = () => seededUniform(tokens * 7919 + k + block);
  const original = () => {
    const next = random();
    return Float32Array.from({ length: tokens * k }, () => next() * amplitude);
  };
  const diagonal = () => {
    const next = random();
    return Float32Array.from({ length: k }, () => (gain ? 1.5 + next() : 1) * (signs && next() < 0 ? -1 : 1));
  };
  const hasDiagonal = gain || signs;
  return {
    name,
    shape: {
      ...{ k, block, tokens, group: 0, epsilon: EPSILON },
      ...{ diagonal: hasDiagonal ? 1 : 0, norm: norm ? 1 : 0 },
    },
    inputs() {
      const x = inverse
        ? Float32Array.from(hadamardReference({ x: original(), k, block, diagonal: null, epsilon: null }))
        : original();
      return {
        x,
        // What is not asked for must not matter.
        diagonal: hasDiagonal ? diagonal() : new Float32Array(4).fill(Number.NaN),
        out: new Float32Array(tokens * k + 4).fill(-7),
      };
    },
    expected(inputs) {
      const operands = {
        k,
        block,
        diagonal: hasDiagonal ? diagonal() : null,
        epsilon: norm ? EPSILON : null,
      };
      const x = inputs.x as Float32Array;
      const values = inverse ? Float64Array.from(original()) : hadamardReference({ ...operands, x });
      // Every stage rounds once to 2^-24; values after log2(block) stages are at most sqrt(block) times the largest.
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const absolute = 2 ** -24 * (2 * Math.log2(block) + 8) * Math.max(largest, amplitude * 1e-3);
      const reason = 'one rounding per stage, and those of norm and factor';
      return { out: { kind: 'close', values, absolute, relative: 0, reason } };
    },
  };
}

const BLOCKS = [32, 64, 128, 256, 512, 1024];

/** All cases. */
export const cases: KernelCases = {
  kernel: 'hadamard',
  cases: [
    ...BLOCKS.map((block) =>
      makeCase({ name: `one block of ${block}`, tokens: 1, k: block, block, signs: true }),
    ),
    ...BLOCKS.map((block) =>
      makeCase({ name: `H H = I, blocks of ${block}`, tokens: 2, k: 3 * block, block, inverse: true }),
    ),
    makeCase({ name: 'K = 2560 in blocks of 512', tokens: 1, k: 2560, block: 512, signs: true }),
    makeCase({
      name: 'K = 6912 in blocks of 256, norm',
      tokens: 3,
      k: 6912,
      block: 256,
      gain: true,
      norm: true,
    }),
    makeCase({ name: 'K = 1120 in blocks of 32', tokens: 5, k: 1120, block: 32, gain: true, signs: true }),
    makeCase({ name: 'norm without gain', tokens: 2, k: 384, block: 128, norm: true }),
    makeCase({ name: 'huge values', tokens: 1, k: 512, block: 256, amplitude: 1e30 }),
    makeCase({ name: 'all zero', tokens: 1, k: 128, block: 64, amplitude: 0 }),
  ],
};
