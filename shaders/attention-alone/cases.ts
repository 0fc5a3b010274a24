// Cases of attention-alone: live lengths around one and several blocks, the full cache; GQA 1:1, 2:1, 4:1, 5:1, 20/5; head dims
// 32, 64, 96, 100, 128, 256; large scores; columns; every kind of cache. Cache slots beyond the live length hold NaN.
import { attentionReference } from '../attention-oracle-case.ts';
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { KV_KINDS, type KvKind } from '../common/kv/layout.ts';
import { packState } from '../common/state.ts';
import { type KvShape, randomCache, unpackCache } from '../kv-case.ts';

interface Options {
  readonly live: number;
  readonly heads?: number;
  readonly kvHeads?: number;
  readonly headDim?: number;
  readonly capacity?: number;
  /** Largest absolute value of queries (after scaling), keys and values. */
  readonly amplitude?: number;
  /** Kinds of cache. Default all. */
  readonly kinds?: readonly KvKind[];
  /** Columns: tokens after each other, or with `parallel` sequences in slabs of their own. Default 1. */
  readonly columns?: number;
  readonly parallel?: boolean;
}

function makeCase(options: Options): KernelCase {
  const { live, heads = 4, kvHeads = 2, headDim = 64, capacity = 256, amplitude = 1 } = options;
  const { kinds = KV_KINDS, columns = 1, parallel = false } = options;
  const livest = parallel ? live : live + columns - 1;
  const cacheShape = (layout: string | undefined, part: KvShape['part']): KvShape => ({
    kind: layout as KvKind,
    part,
    kvHeads: (parallel ? columns : 1) * kvHeads,
    headDim,
    capacity,
  });
  const what = columns > 1 ? `, ${columns} ${parallel ? 'sequences' : 'tokens'}` : '';
  const width = heads * headDim;
  return {
    name: `${live} of ${capacity} keys, heads ${heads}/${kvHeads} x ${headDim}, amplitude ${amplitude}${what}`,
    shape: { heads, kv_heads: kvHeads, head_dim: headDim, capacity, parallel: Number(parallel), columns },
    layouts: kinds,
    inputs(layout) {
      const random = seededUniform(live * 31 + headDim + heads);
      const cache = (part: KvShape['part']) =>
        randomCache(cacheShape(layout, part), livest, amplitude, random);
      return {
        q: Float32Array.from({ length: columns * width }, () => random() * amplitude),
        k_cache: cache('keys'),
        v_cache: cache('values'),
        state: packState({ position: live - 1 }),
        out: new Float32Array((columns + 1) * width).fill(-77),
      };
    },
    expected(inputs, layout) {
      const q = inputs.q as Float32Array;
      const k = unpackCache(inputs.k_cache as Uint32Array, cacheShape(layout, 'keys'), livest);
      const v = unpackCache(inputs.v_cache as Uint32Array, cacheShape(layout, 'values'), livest);
      const values = new Float64Array(columns * width);
      for (let column = 0; column < columns; column++) {
        const position = live - 1 + (parallel ? 0 : column);
        const slab = parallel ? column * kvHeads * capacity * headDim : 0;
        const queries = q.subarray(column * width, (column + 1) * width);
        const shape = { heads, kvHeads, headDim, capacity, position };
        values.set(attentionReference(queries, k.subarray(slab), v.subarray(slab), shape), column * width);
      }
      // A score is a sum of Dh products of at most amplitude^2 each: errors grow like sqrt(Dh) roundings of it.
      const scoreError = 2 ** -25 * headDim * amplitude ** 2 + 2e-7;
      const reason =
        'f32 scores in any order; exp turns their absolute error into a relative one of each weight';
      const absolute = 2 * scoreError * amplitude;
      return { out: { kind: 'close', values, absolute, relative: 4e-6, reason } };
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'attention-alone',
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
    makeCase({ live: 200, amplitude: 6, kinds: ['f32', 'int8'] }),
    makeCase({
      live: 4096,
      capacity: 4160,
      heads: 2,
      kvHeads: 1,
      headDim: 32,
      kinds: ['f32', 'f16'],
      columns: 2,
    }),
  ],
};
