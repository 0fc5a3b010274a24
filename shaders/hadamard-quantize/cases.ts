// Cases of hadamard-quantize: block sizes, one scale per token and per 32 columns, norm and diagonal, zeros, extremes.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { type HadamardCodes, hadamardQuantizeReference } from './reference.ts';

interface Options {
  readonly name: string;
  readonly tokens: number;
  readonly k: number;
  readonly block: number;
  /** Default k. */
  readonly group?: number;
  readonly amplitude?: number;
  readonly gain?: boolean;
  readonly signs?: boolean;
  readonly norm?: boolean;
}

const EPSILON = Math.fround(1e-5);
const CANARY = 0x7fc0dead;
// Ten stages of one rounding of at most 32 times the mean magnitude, of at most 127.
const TIE_WIDTH = 3e-3;

function makeCase(options: Options): KernelCase {
  const { name, tokens, k, block, group = k, amplitude = 1, gain = false, signs = false } = options;
  const { norm = false } = options;
  const hasDiagonal = gain || signs;
  let known: HadamardCodes | undefined;
  return {
    name,
    shape: {
      ...{ k, block, group, tokens, epsilon: EPSILON },
      ...{ diagonal: hasDiagonal ? 1 : 0, norm: norm ? 1 : 0 },
    },
    inputs() {
      const random = seededUniform(tokens * 7919 + k + block);
      const x = Float32Array.from({ length: tokens * k }, () => random() * amplitude);
      const diagonal = Float32Array.from(
        { length: k },
        () => (gain ? 1.5 + random() : 1) * (signs && random() < 0 ? -1 : 1),
      );
      return {
        x,
        // What is not asked for must not matter.
        diagonal: hasDiagonal ? diagonal : new Float32Array(4).fill(Number.NaN),
        q: new Uint32Array((tokens * k) / 4 + 4).fill(CANARY),
        scale: new Float32Array((tokens * k) / group + 1).fill(-1),
      };
    },
    expected(inputs) {
      known ??= hadamardQuantizeReference({
        ...{ x: inputs.x as Float32Array, k, block, group },
        diagonal: hasDiagonal ? (inputs.diagonal as Float32Array) : null,
        epsilon: norm ? EPSILON : null,
      });
      const { codes, preRounding, scales } = known;
      const reason = 'one rounding per stage, those of norm, factor and division';
      return {
        q: { kind: 'packed-int8', values: codes, preRounding, tieWidth: TIE_WIDTH },
        scale: { kind: 'close', values: scales, absolute: 1e-12 * amplitude, relative: 2e-6, reason },
      };
    },
  };
}

const BLOCKS = [32, 64, 128, 256, 512, 1024];

/** All cases. */
export const cases: KernelCases = {
  kernel: 'hadamard-quantize',
  cases: [
    ...BLOCKS.map((block) =>
      makeCase({ name: `blocks of ${block}, one scale`, tokens: 2, k: 3 * block, block, signs: true }),
    ),
    ...BLOCKS.map((block) =>
      makeCase({ name: `blocks of ${block}, scales per 32`, tokens: 3, k: 2 * block, block, group: 32 }),
    ),
    makeCase({ name: 'K = 6912, norm with gain', tokens: 2, k: 6912, block: 256, gain: true, norm: true }),
    makeCase({
      ...{ name: 'K = 6912, norm, gain and signs, scales per 32', tokens: 2, k: 6912, block: 256, group: 32 },
      ...{ gain: true, signs: true, norm: true },
    }),
    makeCase({ name: 'K = 12288 in blocks of 1024', tokens: 1, k: 12288, block: 1024 }),
    makeCase({ name: 'K = 1120 in blocks of 32', tokens: 5, k: 1120, block: 32, gain: true }),
    makeCase({ name: 'scales per 64, norm', tokens: 1, k: 2560, block: 512, group: 64, norm: true }),
    makeCase({ name: 'huge values', tokens: 1, k: 512, block: 256, group: 32, amplitude: 1e30 }),
    makeCase({ name: 'tiny values, one scale', tokens: 2, k: 256, block: 64, amplitude: 1e-9 }),
    makeCase({ name: 'all zero, one scale', tokens: 1, k: 128, block: 64, amplitude: 0, norm: true }),
    makeCase({ name: 'all zero, scales per 32', tokens: 1, k: 128, block: 64, group: 32, amplitude: 0 }),
  ],
};
