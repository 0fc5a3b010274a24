// Cases of attention-merge: one split, the borders of a split, all splits, maxima far apart. Dead splits hold NaN.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { KEYS_PER_SPLIT, maxSplits } from '../common/attention-split.ts';
import { packState } from '../common/state.ts';
import { attentionMergeReference } from './reference.ts';

const CANARY = -77;

function makeCase(live: number, capacity: number, heads: number, headDim: number, spread = 3): KernelCase {
  const splitsMax = maxSplits(capacity);
  const splits = Math.ceil(live / KEYS_PER_SPLIT);
  return {
    name: `${live} of ${capacity} keys, ${heads} heads x ${headDim}, maxima within ${spread}`,
    shape: { heads, head_dim: headDim, splits_max: splitsMax },
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
      return {
        out: {
          kind: 'close',
          values: attentionMergeReference(partial, ml, shape),
          absolute: 1e-5,
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
    makeCase(1, 256, 4, 64),
    makeCase(64, 256, 4, 64),
    makeCase(65, 256, 4, 100),
    makeCase(256, 256, 20, 128),
    makeCase(1000, 1024, 2, 256),
    makeCase(700, 1024, 3, 64, 300),
  ],
};
