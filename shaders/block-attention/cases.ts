// Cases of block-attention: first token, split bounds, the full cache; GQA 1:1 to 8:1 and 5:1; head dims 64, 100, 128;
// both pairings, the norm of heads; every kind of cache. Slots from the position on hold NaN: who reads them into a result fails.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import type { KvKind } from '../common/kv/layout.ts';
import { packState } from '../common/state.ts';
import { expectCache, type KvShape, randomCache, roundHeads, unpackCache } from '../kv-case.ts';
import { BLOCK_KV_KINDS } from './kernel.ts';
import { blockAttentionReference } from './reference.ts';

const CANARY = -77;
const KEYS_PER_SPLIT = 64;

interface Options {
  readonly position: number;
  readonly heads?: number;
  readonly kvHeads?: number;
  readonly headDim?: number;
  readonly capacity?: number;
  readonly interleaved?: boolean;
  readonly headNorm?: boolean;
  readonly amplitude?: number;
  /** Kinds of cache. Default f32. */
  readonly kinds?: readonly KvKind[];
}

function operandsOf(options: Options) {
  const { position, heads = 4, kvHeads = 2, headDim = 64, capacity = 256 } = options;
  const { interleaved = false, headNorm = false, amplitude = 1 } = options;
  const random = seededUniform(position * 31 + headDim + heads);
  const floats = (length: number, scale: number) => Float32Array.from({ length }, () => scale * random());
  const rope = Float32Array.from({ length: capacity * headDim }, (_, i) => {
    const angle = Math.floor(i / headDim) / 1.5 ** ((i % headDim) >> 1);
    return i % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
  });
  return {
    qkv: floats((heads + 2 * kvHeads) * headDim, amplitude),
    rope,
    gains: headNorm ? { q: floats(headDim, 2), k: floats(headDim, 2) } : null,
    heads,
    kvHeads,
    headDim,
    capacity,
    interleaved,
    epsilon: Math.fround(1e-5),
    position,
    keysPerSplit: KEYS_PER_SPLIT,
  };
}

function makeCase(options: Options): KernelCase {
  const operands = operandsOf(options);
  const { heads: H, kvHeads: G, headDim: Dh, capacity: S, position, interleaved, gains } = operands;
  const splitsMax = Math.ceil(S / KEYS_PER_SPLIT);
  const { amplitude = 1, kinds = ['f32'] } = options;
  const cacheShape = (layout: string | undefined, part: KvShape['part']): KvShape => ({
    kind: layout as KvKind,
    part,
    kvHeads: G,
    headDim: Dh,
    capacity: S,
  });
  const extras = `${interleaved ? ', interleaved' : ''}${gains ? ', head norm' : ''}`;
  return {
    name: `position ${position} of ${S}, heads ${H}/${G} x ${Dh}, amplitude ${amplitude}${extras}`,
    layouts: kinds,
    shape: {
      heads: H,
      kv_heads: G,
      head_dim: Dh,
      capacity: S,
      splits_max: splitsMax,
      interleaved: interleaved ? 1 : 0,
      head_norm: gains ? 1 : 0,
      epsilon: operands.epsilon,
      position,
    },
    inputs(layout) {
      const { qkv, rope } = operands;
      const random = seededUniform(position * 37 + Dh + H);
      const cache = (part: KvShape['part']) =>
        randomCache(cacheShape(layout, part), position, amplitude, random);
      const unused = new Float32Array(4).fill(Number.NaN);
      return {
        qkv,
        rope,
        q_gain: gains?.q ?? unused,
        k_gain: gains?.k ?? unused,
        state: packState({ position }),
        k_cache: cache('keys'),
        v_cache: cache('values'),
        partial: new Float32Array(H * splitsMax * (Dh + 4)).fill(CANARY),
      };
    },
    expected(inputs, layout) {
      const held = (part: KvShape['part'], words: unknown) =>
        unpackCache(words as Uint32Array, cacheShape(layout, part), position);
      const keys = held('keys', inputs.k_cache);
      const values = held('values', inputs.v_cache);
      const asRead = (heads: Float64Array) => (layout === 'int8' ? roundHeads(heads, Dh, layout) : heads);
      const result = blockAttentionReference({ ...operands, keys, values, asRead });
      const partial = new Float64Array(H * splitsMax * (Dh + 4)).fill(CANARY);
      for (let slot = 0; slot < H * result.splits; slot++) {
        const to = (Math.floor(slot / result.splits) * splitsMax + (slot % result.splits)) * (Dh + 4);
        partial.set(result.partial.subarray(slot * (Dh + 2), (slot + 1) * (Dh + 2)), to);
        partial.set([result.splits, 0], to + Dh + 2);
      }
      const size = gains ? 4 : amplitude;
      const scoreError = 2 ** -25 * Dh * size ** 2 + 4e-7;
      const absolute = 64 * Math.max(1, amplitude) * scoreError;
      const relative = 6e-6;
      const written = (part: KvShape['part'], words: unknown, rows: Float64Array, error: number) => {
        const errorOf = (value: number) => error + relative * Math.abs(value);
        return expectCache(cacheShape(layout, part), rows, position, errorOf, words as Uint32Array);
      };
      return {
        k_cache: written('keys', inputs.k_cache, result.newKeys, 2e-6 * size),
        v_cache: written('values', inputs.v_cache, result.newValues, 0),
        partial: {
          kind: 'close',
          values: partial,
          absolute,
          relative,
          reason: 'f32 scores in any order, exp of them',
        },
      };
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'block-attention',
  cases: [
    makeCase({ position: 0, kinds: BLOCK_KV_KINDS }),
    makeCase({ position: 62, interleaved: true }),
    makeCase({ position: 63 }),
    makeCase({ position: 64, kvHeads: 4, kinds: BLOCK_KV_KINDS }),
    makeCase({ position: 65, kvHeads: 1, headNorm: true }),
    makeCase({ position: 255, heads: 8, kvHeads: 1 }),
    makeCase({ position: 99, capacity: 100, heads: 20, kvHeads: 5, headDim: 128, kinds: BLOCK_KV_KINDS }),
    makeCase({
      position: 130,
      heads: 5,
      kvHeads: 1,
      headDim: 128,
      headNorm: true,
      interleaved: true,
      kinds: BLOCK_KV_KINDS,
    }),
    makeCase({ position: 129, heads: 3, kvHeads: 3, headDim: 100, kinds: ['f32', 'int8'] }),
    makeCase({ position: 200, amplitude: 6 }),
    makeCase({ position: 3, amplitude: 0, kinds: ['int8'] }),
  ],
};
