// Cases of rope-kv-write: head dims 64, 100, 128, 256, GQA ratios, both pairings, chunk at 0 and at an offset.
// The caches start as canaries: every slot that the chunk does not own must keep them.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { packState } from '../common/state.ts';
import { type RopeShape, ropeKvWriteReference } from './reference.ts';

const CANARY = -77;

function makeCase(name: string, tokens: number, shape: RopeShape): KernelCase {
  const { heads, kvHeads, headDim, capacity, interleaved, position } = shape;
  return {
    name: `${name}: ${tokens} at ${position}, heads ${heads}/${kvHeads} x ${headDim}${interleaved ? ', interleaved' : ''}`,
    shape: {
      heads,
      kv_heads: kvHeads,
      head_dim: headDim,
      capacity,
      interleaved: Number(interleaved),
      tokens,
    },
    inputs() {
      const random = seededUniform(tokens * 31 + headDim + position);
      const rope = new Float32Array(capacity * headDim);
      for (let i = 0; i < rope.length; i += 2) {
        const angle = random() * Math.PI;
        rope[i] = Math.cos(angle);
        rope[i + 1] = Math.sin(angle);
      }
      return {
        qkv: Float32Array.from({ length: tokens * (heads + 2 * kvHeads) * headDim }, () => random() * 4),
        rope,
        state: packState({ position, tokens }),
        q_out: new Float32Array(tokens * heads * headDim + 1).fill(CANARY),
        k_cache: new Float32Array(kvHeads * capacity * headDim).fill(CANARY),
        v_cache: new Float32Array(kvHeads * capacity * headDim).fill(CANARY),
      };
    },
    expected(inputs) {
      const caches = { k: inputs.k_cache as Float32Array, v: inputs.v_cache as Float32Array };
      const out = ropeKvWriteReference(
        inputs.qkv as Float32Array,
        inputs.rope as Float32Array,
        caches,
        shape,
      );
      const close = (values: Float64Array) =>
        ({
          kind: 'close',
          values,
          absolute: 4e-6,
          relative: 0,
          reason: 'two products and a sum of values up to 4; fused or not',
        }) as const;
      return { q_out: close(out.q), k_cache: close(out.k), v_cache: close(out.v) };
    },
  };
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
    makeCase('BitNet 2B', 2, { ...base, heads: 20, kvHeads: 5, headDim: 128, position: 9 }),
    makeCase('odd head dim', 3, { ...base, kvHeads: 4, headDim: 100, position: 1 }),
    makeCase('wide heads', 2, { ...base, kvHeads: 1, headDim: 256, position: 5, interleaved: true }),
  ],
};
