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
  /** Tokens after each other. Default 1. */
  readonly columns?: number;
}

function makeCase({
  live,
  capacity,
  heads,
  headDim,
  spread = 3,
  rotated = false,
  columns = 1,
}: Options): KernelCase {
  const splitsMax = maxSplits(capacity);
  const splitsOf = (column: number) => liveSplits(live + column);
  return {
    name: `${live} of ${capacity} keys, ${heads} heads x ${headDim}, maxima within ${spread}${rotated ? ', rotated' : ''}${columns > 1 ? `, ${columns} columns` : ''}`,
    shape: {
      heads,
      head_dim: headDim,
      splits_max: splitsMax,
      capacity,
      rotated: Number(rotated),
      parallel: 0,
      columns,
    },
    inputs() {
      const random = seededUniform(live + headDim);
      const ml = Float32Array.from({ length: columns * heads * splitsMax * 2 }, (_, i) => {
        const column = Math.floor(i / (2 * splitsMax * heads));
        if (Math.floor(i / 2) % splitsMax >= splitsOf(column)) return Number.NaN;
        return i % 2 === 0 ? random() * spread : 33 + 31 * random();
      });
      return {
        partial: Float32Array.from({ length: columns * heads * splitsMax * headDim }, (_, i) =>
          Math.floor(i / headDim) % splitsMax < splitsOf(Math.floor(i / (headDim * splitsMax * heads)))
            ? random() * 30
            : Number.NaN,
        ),
        partial_ml: ml,
        state: packState({ position: live - 1 }),
        out: new Float32Array(columns * heads * headDim + 1).fill(CANARY),
      };
    },
    expected(inputs) {
      const [partial, ml] = [inputs.partial, inputs.partial_ml] as Float32Array[];
      const merged = new Float64Array(columns * heads * headDim);
      for (let column = 0; column < columns; column++) {
        const from = column * heads * splitsMax;
        const shape = { heads, headDim, splitsMax, splits: splitsOf(column) };
        const own = attentionMergeReference(partial.subarray(from * headDim), ml.subarray(from * 2), shape);
        merged.set(own, column * heads * headDim);
      }
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
    makeCase({ live: 63, capacity: 256, heads: 3, headDim: 64, columns: 3 }),
    makeCase({ live: 64, capacity: 256, heads: 2, headDim: 32, columns: 2, rotated: true }),
  ],
};
