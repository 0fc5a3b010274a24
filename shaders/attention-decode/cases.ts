// Cases of attention-decode: live lengths 1, 63, 64, 65, the full cache, and long ones with several blocks per split; GQA 1:1,
// 2:1, 4:1, 5:1, 7:1, 20/5; head dims 32, 64, 96, 100, 128, 256; large scores; every kind of cache. Cache slots beyond the live length hold NaN: a kernel that reads them into a result fails.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { headsPerGroup, keysPerSplit, maxSplits } from '../common/attention-split.ts';
import { KV_KINDS, type KvKind } from '../common/kv/layout.ts';
import { packState } from '../common/state.ts';
import { type KvShape, randomCache, unpackCache } from '../kv-case.ts';
import { attentionDecodeReference } from './reference.ts';

const CANARY = -77;

interface Options {
  readonly live: number;
  readonly heads?: number;
  readonly kvHeads?: number;
  readonly headDim?: number;
  readonly capacity?: number;
  /** Largest absolute value of queries (after scaling) and keys. */
  readonly amplitude?: number;
  /** Kinds of cache. Default all. */
  readonly kinds?: readonly KvKind[];
  /** Columns: tokens after each other, or with `parallel` sequences in slabs of their own. Default 1. */
  readonly columns?: number;
  readonly parallel?: boolean;
}

function makeCase(options: Options): KernelCase {
  const {
    live,
    heads = 4,
    kvHeads = 2,
    headDim = 64,
    capacity = 256,
    amplitude = 1,
    kinds = KV_KINDS,
    columns = 1,
    parallel = false,
  } = options;
  const slabs = parallel ? columns : 1;
  const livest = parallel ? live : live + columns - 1;
  const position = live - 1;
  const splitsMax = maxSplits(capacity);
  const cacheShape = (layout: string | undefined, part: KvShape['part']): KvShape => ({
    kind: layout as KvKind,
    part,
    kvHeads: slabs * kvHeads,
    headDim,
    capacity,
  });
  return {
    name: `${live} of ${capacity} keys, heads ${heads}/${kvHeads} x ${headDim}, amplitude ${amplitude}${columns > 1 ? `, ${columns} ${parallel ? 'sequences' : 'tokens'}` : ''}`,
    shape: {
      heads,
      kv_heads: kvHeads,
      head_dim: headDim,
      capacity,
      splits_max: splitsMax,
      position,
      parallel: Number(parallel),
      columns,
    },
    overrides: { HEADS: headsPerGroup(heads, kvHeads) },
    layouts: kinds,
    inputs(layout) {
      const random = seededUniform(live * 31 + headDim + heads);
      const cache = (part: KvShape['part']) =>
        randomCache(cacheShape(layout, part), livest, amplitude, random);
      return {
        q: Float32Array.from({ length: columns * heads * headDim }, () => random() * amplitude),
        k_cache: cache('keys'),
        v_cache: cache('values'),
        state: packState({ position }),
        partial: new Float32Array(columns * heads * splitsMax * headDim).fill(CANARY),
        partial_ml: new Float32Array(columns * heads * splitsMax * 2).fill(CANARY),
      };
    },
    expected(inputs, layout) {
      const q = inputs.q as Float32Array;
      const k = unpackCache(inputs.k_cache as Uint32Array, cacheShape(layout, 'keys'), livest);
      const v = unpackCache(inputs.v_cache as Uint32Array, cacheShape(layout, 'values'), livest);
      const partial = new Float64Array(columns * heads * splitsMax * headDim).fill(CANARY);
      const partialMl = new Float64Array(columns * heads * splitsMax * 2).fill(CANARY);
      for (let column = 0; column < columns; column++) {
        const own = position + (parallel ? 0 : column);
        const shape = {
          heads,
          kvHeads,
          headDim,
          capacity,
          keysPerSplit: keysPerSplit(own + 1),
          position: own,
        };
        const slab = parallel ? column * kvHeads * capacity * headDim : 0;
        const queries = q.subarray(column * heads * headDim, (column + 1) * heads * headDim);
        const result = attentionDecodeReference(queries, k.subarray(slab), v.subarray(slab), shape);
        const { splits, sums, ml } = result;
        for (let h = 0; h < heads; h++) {
          const row = (column * heads + h) * splitsMax;
          partial.set(sums.subarray(h * splits * headDim, (h + 1) * splits * headDim), row * headDim);
          partialMl.set(ml.subarray(h * splits * 2, (h + 1) * splits * 2), row * 2);
        }
      }
      // A score is a sum of Dh products of at most amplitude^2 each: errors grow like sqrt(Dh) roundings of it.
      const scoreError = 2 ** -26 * headDim * amplitude ** 2 + 2e-7;
      const close = (values: Float64Array, absolute: number) =>
        ({
          kind: 'close',
          values,
          absolute,
          relative: 4e-6,
          reason:
            'f32 scores in any order; exp turns their absolute error into a relative error of each weight',
        }) as const;
      return {
        partial: close(partial, Math.min(livest, keysPerSplit(livest)) * amplitude * scoreError),
        partial_ml: close(partialMl, Math.min(livest, keysPerSplit(livest)) * scoreError),
      };
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'attention-decode',
  cases: [
    makeCase({ live: 1 }),
    makeCase({ live: 63, kinds: ['f32', 'int8'] }),
    makeCase({ live: 64, kinds: ['f16', 'int4'] }),
    makeCase({ live: 65, kvHeads: 4, kinds: ['f32', 'int8'] }),
    makeCase({ live: 256, kvHeads: 1, kinds: ['f32', 'int4'] }),
    makeCase({ live: 100, capacity: 100, heads: 20, kvHeads: 5, headDim: 128 }),
    makeCase({ live: 129, heads: 6, kvHeads: 3, headDim: 100 }),
    makeCase({ live: 130, heads: 2, kvHeads: 1, headDim: 256 }),
    makeCase({ live: 77, heads: 5, kvHeads: 1, headDim: 96, kinds: ['f32', 'int4'] }),
    makeCase({ live: 90, heads: 14, kvHeads: 2, headDim: 32, kinds: ['int8'] }),
    makeCase({ live: 62, columns: 4 }),
    makeCase({ live: 65, columns: 3, parallel: true, capacity: 128 }),
    // The first column has 64 splits, the second 33 of two blocks each.
    makeCase({ live: 4096, capacity: 4160, heads: 1, kvHeads: 1, headDim: 32, kinds: ['f16'], columns: 2 }),
    makeCase({ live: 200, amplitude: 6, kinds: ['f32', 'int8'] }),
    makeCase({ live: 4096, capacity: 4096, heads: 2, kvHeads: 1, headDim: 32, kinds: ['f32', 'int8'] }),
    makeCase({ live: 8131, capacity: 8192, heads: 2, kvHeads: 1, headDim: 32, kinds: ['f16', 'int4'] }),
  ],
};
