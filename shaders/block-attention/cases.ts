// Cases of block-attention: first token, split bounds, the full cache; GQA 1:1 to 8:1 and 5:1; head dims 64, 100, 128;
// both pairings, the norm of heads. Slots from the position on hold huge values: who reads them into a result fails.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { kvCacheBytes } from '../common/kv/layout.ts';
import { packState } from '../common/state.ts';
import { type KvShape, writeToken } from '../kv-case.ts';
import { blockAttentionReference } from './reference.ts';

const CANARY = -77;
/** In cache slots that hold nothing yet: large enough to spoil any result. */
const DEAD = 1e30;
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
}

function operandsOf(options: Options) {
  const { position, heads = 4, kvHeads = 2, headDim = 64, capacity = 256 } = options;
  const { interleaved = false, headNorm = false, amplitude = 1 } = options;
  const random = seededUniform(position * 31 + headDim + heads);
  const floats = (length: number, scale: number) => Float32Array.from({ length }, () => scale * random());
  const cache = () =>
    Float32Array.from({ length: kvHeads * capacity * headDim }, (_, i) =>
      Math.floor(i / headDim) % capacity < position ? random() * amplitude : DEAD,
    );
  const rope = Float32Array.from({ length: capacity * headDim }, (_, i) => {
    const angle = Math.floor(i / headDim) / 1.5 ** ((i % headDim) >> 1);
    return i % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
  });
  return {
    qkv: floats((heads + 2 * kvHeads) * headDim, amplitude),
    rope,
    gains: headNorm ? { q: floats(headDim, 2), k: floats(headDim, 2) } : null,
    keys: cache(),
    values: cache(),
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

// [G, S, Dh] as the device keeps it; slots beyond the end are dead too.
function packCache(
  logical: ArrayLike<number>,
  part: KvShape['part'],
  options: ReturnType<typeof operandsOf>,
) {
  const { kvHeads, headDim, capacity } = options;
  const shape: KvShape = { kind: 'f32', part, kvHeads, headDim, capacity };
  const cache = new Float32Array(kvCacheBytes('f32', shape) / 4).fill(DEAD);
  const words = new Uint32Array(cache.buffer);
  for (let head = 0; head < kvHeads; head++) {
    for (let position = 0; position < capacity; position++) {
      const at = (head * capacity + position) * headDim;
      const columns = Float32Array.from({ length: headDim }, (_, d) => logical[at + d]);
      writeToken(words, shape, { head, position }, columns);
    }
  }
  return cache;
}

function makeCase(options: Options): KernelCase {
  const operands = operandsOf(options);
  const { heads: H, kvHeads: G, headDim: Dh, capacity: S, position, interleaved, gains } = operands;
  const splitsMax = Math.ceil(S / KEYS_PER_SPLIT);
  const { amplitude = 1 } = options;
  const extras = `${interleaved ? ', interleaved' : ''}${gains ? ', head norm' : ''}`;
  return {
    name: `position ${position} of ${S}, heads ${H}/${G} x ${Dh}, amplitude ${amplitude}${extras}`,
    layouts: ['f32'],
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
    inputs() {
      const { qkv, rope, keys, values } = operands;
      const unused = new Float32Array(4).fill(Number.NaN);
      return {
        qkv,
        rope,
        q_gain: gains?.q ?? unused,
        k_gain: gains?.k ?? unused,
        state: packState({ position }),
        k_cache: packCache(keys, 'keys', operands),
        v_cache: packCache(values, 'values', operands),
        partial: new Float32Array(H * splitsMax * (Dh + 4)).fill(CANARY),
      };
    },
    expected() {
      const result = blockAttentionReference(operands);
      const partial = new Float64Array(H * splitsMax * (Dh + 4)).fill(CANARY);
      for (let slot = 0; slot < H * result.splits; slot++) {
        const to = (Math.floor(slot / result.splits) * splitsMax + (slot % result.splits)) * (Dh + 4);
        partial.set(result.partial.subarray(slot * (Dh + 2), (slot + 1) * (Dh + 2)), to);
        partial.set([result.splits, 0], to + Dh + 2);
      }
      const stored = (part: KvShape['part'], cache: Float32Array, fresh: Float64Array) => {
        const all = Float64Array.from(cache);
        for (let g = 0; g < G; g++) all.set(fresh.subarray(g * Dh, (g + 1) * Dh), (g * S + position) * Dh);
        return Float64Array.from(packCache(all, part, operands));
      };
      const size = gains ? 4 : amplitude;
      const scoreError = 2 ** -25 * Dh * size ** 2 + 4e-7;
      const close = (values: Float64Array, absolute: number) =>
        ({
          kind: 'close',
          values,
          absolute,
          relative: 6e-6,
          reason: 'f32 scores in any order, exp of them',
        }) as const;
      return {
        k_cache: close(stored('keys', operands.keys, result.newKeys), 2e-6 * size),
        v_cache: close(stored('values', operands.values, result.newValues), 0),
        partial: close(partial, 64 * Math.max(1, amplitude) * scoreError),
      };
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'block-attention',
  cases: [
    makeCase({ position: 0 }),
    makeCase({ position: 62, interleaved: true }),
    makeCase({ position: 63 }),
    makeCase({ position: 64, kvHeads: 4 }),
    makeCase({ position: 65, kvHeads: 1, headNorm: true }),
    makeCase({ position: 255, heads: 8, kvHeads: 1 }),
    makeCase({ position: 99, capacity: 100, heads: 20, kvHeads: 5, headDim: 128 }),
    makeCase({ position: 130, heads: 5, kvHeads: 1, headDim: 128, headNorm: true, interleaved: true }),
    makeCase({ position: 129, heads: 3, kvHeads: 3, headDim: 100 }),
    makeCase({ position: 200, amplitude: 6 }),
  ],
};
