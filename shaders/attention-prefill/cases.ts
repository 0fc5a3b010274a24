// Cases of attention-prefill: chunks of 1, 31..33, 63..65 and more tokens, at position 0 and at offsets up to the full
// cache; GQA 1:1, 2:1, 4:1, 20/5; head dims 64, 96, 100, 128, 256; large scores; every kind
// of cache. Slots beyond the chunk hold NaN.
import { attentionReference } from '../attention-oracle-case.ts';
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { KV_KINDS, type KvKind } from '../common/kv/layout.ts';
import { packState } from '../common/state.ts';
import { type KvShape, randomCache, unpackCache } from '../kv-case.ts';

const CANARY = -77;

interface Options {
  readonly tokens: number;
  readonly position?: number;
  readonly heads?: number;
  readonly kvHeads?: number;
  readonly headDim?: number;
  readonly capacity?: number;
  readonly amplitude?: number;
  /** Kinds of cache. Default all. */
  readonly kinds?: readonly KvKind[];
}

function makeCase(options: Options): KernelCase {
  const {
    tokens,
    position = 0,
    heads = 4,
    kvHeads = 2,
    headDim = 64,
    capacity = 160,
    amplitude = 1,
    kinds = KV_KINDS,
  } = options;
  const live = position + tokens;
  const cacheShape = (layout: string | undefined, part: KvShape['part']): KvShape => ({
    kind: layout as KvKind,
    part,
    kvHeads,
    headDim,
    capacity,
  });
  return {
    name: `${tokens} tokens at ${position}, heads ${heads}/${kvHeads} x ${headDim}, amplitude ${amplitude}`,
    shape: { heads, kv_heads: kvHeads, head_dim: headDim, capacity, tokens },
    layouts: kinds,
    inputs(layout) {
      const random = seededUniform(tokens * 31 + headDim + position);
      const cache = (part: KvShape['part']) => randomCache(cacheShape(layout, part), live, amplitude, random);
      return {
        q: Float32Array.from({ length: tokens * heads * headDim }, () => random() * amplitude),
        k_cache: cache('keys'),
        v_cache: cache('values'),
        state: packState({ position, tokens }),
        out: new Float32Array((tokens + 1) * heads * headDim).fill(CANARY),
      };
    },
    expected(inputs, layout) {
      const q = inputs.q as Float32Array;
      const k = unpackCache(inputs.k_cache as Uint32Array, cacheShape(layout, 'keys'), live);
      const v = unpackCache(inputs.v_cache as Uint32Array, cacheShape(layout, 'values'), live);
      const shape = { heads, kvHeads, headDim, capacity, position };
      // A score is a sum of Dh products of at most amplitude^2 each: errors grow like sqrt(Dh) roundings of it.
      const scoreError = 2 ** -25 * headDim * amplitude ** 2 + 2e-7;
      return {
        out: {
          kind: 'close',
          values: attentionReference(q, k, v, shape),
          absolute: 2 * scoreError * amplitude,
          relative: 4e-6,
          reason:
            'f32 scores in any order; exp turns their absolute error into a relative error of each weight',
        },
      };
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'attention-prefill',
  cases: [
    makeCase({ tokens: 1 }),
    makeCase({ tokens: 1, position: 159, kinds: ['f32', 'int8'] }),
    makeCase({ tokens: 31, kinds: ['f32', 'int4'] }),
    makeCase({ tokens: 32, position: 1, kinds: ['f32', 'f16'] }),
    makeCase({ tokens: 33, position: 63, kvHeads: 4 }),
    makeCase({ tokens: 63, kvHeads: 1, kinds: ['f32', 'int8'] }),
    makeCase({ tokens: 64, kinds: ['f32', 'int4'] }),
    makeCase({ tokens: 65, position: 95, heads: 2 }),
    makeCase({ tokens: 9, position: 30, heads: 20, kvHeads: 5, headDim: 128 }),
    makeCase({ tokens: 5, position: 17, heads: 3, kvHeads: 3, headDim: 100 }),
    makeCase({ tokens: 40, position: 3, heads: 2, kvHeads: 1, headDim: 256 }),
    makeCase({ tokens: 7, position: 60, headDim: 96, kinds: ['f16', 'int4'] }),
    makeCase({ tokens: 50, position: 64, amplitude: 6, kinds: ['f32', 'int8'] }),
  ],
};
