// Cases of rope-kv-write: head dims 64, 96, 100, 128, 256, GQA ratios, both pairings, chunk at 0 and at an offset; every kind of
// cache. The caches start as canaries: every slot that the chunk does not own must keep them.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { hadamardBlock, KV_KINDS, type KvKind } from '../common/kv/layout.ts';
import { packState } from '../common/state.ts';
import { deadCache, expectCache, hadamardRows, type KvShape } from '../kv-case.ts';
import { type RopeShape, ropeKvWriteReference } from './reference.ts';

const CANARY = -77;

// Two products and a sum of values up to 4, fused or not; a rotation adds a sum of up to 256 of them over its root.
const FLOAT_ERROR = { plain: 4e-6, rotated: 3e-5 };

function makeCase(
  name: string,
  tokens: number,
  shape: RopeShape,
  { amplitude = 4, parallel = false } = {},
): KernelCase {
  const { heads, kvHeads, headDim, capacity, interleaved, position } = shape;
  const slabs = parallel ? tokens : 1;
  const cacheShape = (kind: KvKind, part: 'keys' | 'values'): KvShape => ({
    kind,
    part,
    kvHeads: slabs * kvHeads,
    headDim,
    capacity,
  });
  return {
    name: `${name}: ${tokens} at ${position}, heads ${heads}/${kvHeads} x ${headDim}${interleaved ? ', interleaved' : ''}`,
    shape: {
      heads,
      kv_heads: kvHeads,
      head_dim: headDim,
      capacity,
      interleaved: Number(interleaved),
      parallel: Number(parallel),
      tokens,
    },
    layouts: KV_KINDS,
    inputs(layout) {
      const kind = layout as KvKind;
      const random = seededUniform(tokens * 31 + headDim + position);
      const rope = new Float32Array(capacity * headDim);
      for (let i = 0; i < rope.length; i += 2) {
        const angle = random() * Math.PI;
        rope[i] = Math.cos(angle);
        rope[i + 1] = Math.sin(angle);
      }
      return {
        qkv: Float32Array.from(
          { length: tokens * (heads + 2 * kvHeads) * headDim },
          () => random() * amplitude,
        ),
        rope,
        state: packState({ position, tokens }),
        q_out: new Float32Array(tokens * heads * headDim + 1).fill(CANARY),
        k_cache: deadCache(cacheShape(kind, 'keys')),
        v_cache: deadCache(cacheShape(kind, 'values')),
      };
    },
    expected(inputs, layout) {
      const kind = layout as KvKind;
      const qkv = inputs.qkv as Float32Array;
      const rope = inputs.rope as Float32Array;
      const plain = parallel
        ? joinTokens(tokens, (token) => ropeKvWriteReference(rowOf(qkv, token, tokens), rope, shape))
        : ropeKvWriteReference(qkv, rope, shape);
      const turn = (rows: Float64Array) =>
        kind === 'int4' ? hadamardRows(rows, hadamardBlock(headDim)) : rows;
      const error = kind === 'int4' ? FLOAT_ERROR.rotated : FLOAT_ERROR.plain;
      return {
        q_out: {
          kind: 'close',
          values: turn(plain.q),
          absolute: error,
          relative: 0,
          reason: 'two products and a sum of values up to 4; fused or not; and the rotation',
        },
        k_cache: expectCache(cacheShape(kind, 'keys'), turn(plain.k), position, () => error),
        v_cache: expectCache(cacheShape(kind, 'values'), turn(plain.v), position, () => error),
      };
    },
  };
}

type RopeResult = ReturnType<typeof ropeKvWriteReference>;

function rowOf(qkv: Float32Array, token: number, tokens: number): Float32Array {
  return qkv.subarray((token * qkv.length) / tokens, ((token + 1) * qkv.length) / tokens);
}

/** Tokens of sequences of their own: the heads of one slab after those of the other, all at one position. */
function joinTokens(tokens: number, resultOf: (token: number) => RopeResult): RopeResult {
  const each = Array.from({ length: tokens }, (_, token) => resultOf(token));
  const join = (part: keyof RopeResult) => Float64Array.from(each.flatMap((result) => [...result[part]]));
  return { q: join('q'), k: join('k'), v: join('v') };
}

const base = { heads: 4, kvHeads: 2, headDim: 64, capacity: 128, interleaved: false, position: 0 };

/** All cases. */
export const cases: KernelCases = {
  kernel: 'rope-kv-write',
  cases: [
    makeCase('first token', 1, base),
    makeCase('chunk at 0', 65, base),
    makeCase('chunk at an offset', 63, { ...base, position: 64, interleaved: true }),
    makeCase('last slot', 1, { ...base, position: 127 }),
    makeCase('ragged capacity', 3, { ...base, capacity: 100, position: 97 }),
    makeCase('BitNet 2B', 2, { ...base, heads: 20, kvHeads: 5, headDim: 128, position: 9 }),
    makeCase('odd head dim', 3, { ...base, kvHeads: 4, headDim: 100, position: 1 }),
    makeCase('three blocks', 2, { ...base, headDim: 96, position: 63 }),
    makeCase('wide heads', 2, { ...base, kvHeads: 1, headDim: 256, position: 5, interleaved: true }),
    makeCase('all zero', 2, { ...base, position: 3 }, { amplitude: 0 }),
    makeCase('three sequences', 3, { ...base, position: 63 }, { parallel: true }),
  ],
};
