// Cases of block-merge: one split, few, more than a share, maxima far apart; dead splits hold NaN.
import { CODE_CANARY, quantizedExpectation, randomSplits } from '../block-case.ts';
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { packState } from '../common/state.ts';
import { blockMergeReference } from './reference.ts';

interface Options {
  readonly live: number;
  readonly heads?: number;
  readonly headDim?: number;
  readonly splitsMax?: number;
  readonly gained?: boolean;
  /** Spread of the maxima. Default 2. */
  readonly spread?: number;
}

function makeCase({
  live,
  heads = 4,
  headDim = 64,
  splitsMax = 20,
  gained = true,
  spread = 2,
}: Options): KernelCase {
  const splits = Math.ceil(live / 64);
  const operands = () => {
    const random = seededUniform(live + heads + headDim);
    const partial = randomSplits({ heads, headDim, splits, splitsMax, spread }, random);
    const gain = Float32Array.from({ length: heads * headDim }, () => 1 + 0.3 * random());
    return { partial, gain: gained ? gain : null, heads, headDim, splits, splitsMax };
  };
  return {
    name: `${live} keys, heads ${heads} x ${headDim}, spread ${spread}${gained ? '' : ', no gain'}`,
    shape: { heads, head_dim: headDim, splits_max: splitsMax, gained: gained ? 1 : 0 },
    inputs() {
      const { partial, gain } = operands();
      return {
        partial,
        state: packState({ position: live - 1 }),
        gain: gain ?? new Float32Array(4).fill(Number.NaN),
        q_out: new Uint32Array((heads * headDim) / 4 + 3).fill(CODE_CANARY),
        act_out: new Float32Array((heads * headDim) / 16 + 3).fill(-7),
      };
    },
    expected() {
      return quantizedExpectation(blockMergeReference(operands()).quantized, 4e-6);
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'block-merge',
  cases: [
    makeCase({ live: 1 }),
    makeCase({ live: 64, gained: false }),
    makeCase({ live: 65, headDim: 128, heads: 20 }),
    makeCase({ live: 1000 }),
    makeCase({ live: 1280, spread: 60, headDim: 96, heads: 3 }),
  ],
};
