// Cases of attention-merge: one split, the borders of a split, all splits, maxima far apart. Dead splits hold NaN.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { liveSplits, maxSplits } from '../common/attention-split.ts';
import { hadamardBlock } from '../common/kv/layout.ts';
import { packState } from '../common/state.ts';
import { hadamardRows } from '../kv-case.ts';
import { attentionMergeReference } from './reference.ts';

const CANARY = -77;

interface Options {
  readonly live: number;
  readonly capacity: number;
  readonly heads: number;
  readonly headDim: number;
  /** Largest absolute value of a split's maximum. */
  readonly spread?: number;
  readonly rotated?: boolean;
}

function makeCase({ live, capacity, heads, headDim, spread = 3, rotated = false }: Options): KernelCase {
  const splitsMax = maxSplits(capacity);
  const splits = liveSplits(live);
  return {
    name: `${live} of ${capacity} keys, ${heads} heads x ${headDim}, maxima within ${spread}${rotated ? ', rotated' : ''}`,
    shape: {
      heads,
      head_dim: headDim,
      splits_max: splitsMax,
      capacity,
      rotated: Number(rotated),
      parallel: 0,
    },
    inputs() {
      const random = seededUniform(live + headDim);
      const ml = Float32Array.from({ length: heads * splitsMax * 2 }, (_, i) => {
        if (Math.floor(i / 2) % splitsMax >= splits) return Number.NaN;
        return i % 2 === 0 ? random() * spread : 33 + 31 * random();
      });
      return {
        partial: Float32Array.from({ length: heads * splitsMax * headDim }, (_, i) =>
          Math.floor(i / headDim) % splitsMax < splits ? random() * 30 : Number.NaN,
        ),
        partial_ml: ml,
        state: packState({ position: live - 1 }),
        out: new Float32Array(heads * headDim + 1).fill(CANARY),
      };
    },
    expected(inputs) {
      const shape = { heads, headDim, splitsMax, splits };
      const [partial, ml] = [inputs.partial, inputs.partial_ml] as Float32Array[];
      const merged = attentionMergeReference(partial, ml, shape);
      return {
        out: {
          kind: 'close',
          values: rotated ? hadamardRows(merged, hadamardBlock(headDim)) : merged,
          absolute: rotated ? 3e-5 : 1e-5,
          relative: 0,
          reason:
            'exp of f32 with 3 + 2|x| ULP where weights are not negligible; sums of at most 30 per split',
        },
      };
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'attention-merge',
  cases: [
    makeCase({ live: 1, capacity: 256, heads: 4, headDim: 64 }),
    makeCase({ live: 64, capacity: 256, heads: 4, headDim: 64 }),
    makeCase({ live: 65, capacity: 256, heads: 4, headDim: 100 }),
    makeCase({ live: 256, capacity: 256, heads: 20, headDim: 128 }),
    makeCase({ live: 1000, capacity: 1024, heads: 2, headDim: 256 }),
    makeCase({ live: 700, capacity: 1024, heads: 3, headDim: 64, spread: 300 }),
    makeCase({ live: 4097, capacity: 32768, heads: 2, headDim: 64 }),
    makeCase({ live: 32768, capacity: 32768, heads: 2, headDim: 128, rotated: true }),
    makeCase({ live: 70, capacity: 256, heads: 3, headDim: 100, rotated: true }),
  ],
};
