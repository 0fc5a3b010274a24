// Cases of head-norm: head dims 64, 100, 128, 256, GQA ratios, several tokens, extreme scales, zeros.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { type HeadNormShape, headNormReference } from './reference.ts';

function makeCase(tokens: number, shape: HeadNormShape, amplitude = 1): KernelCase {
  const { heads, kvHeads, headDim, epsilon } = shape;
  return {
    name: `${tokens} tokens, heads ${heads}/${kvHeads} x ${headDim}, amplitude ${amplitude}`,
    shape: { heads, kv_heads: kvHeads, head_dim: headDim, epsilon, tokens },
    inputs() {
      const random = seededUniform(tokens * 31 + headDim);
      const gain = () => Float32Array.from({ length: headDim }, () => 1 + 0.3 * random());
      const count = tokens * (heads + 2 * kvHeads) * headDim;
      return {
        q_gain: gain(),
        k_gain: gain(),
        qkv: Float32Array.from({ length: count + 2 }, () => random() * amplitude),
      };
    },
    expected(inputs) {
      const gains = { q: inputs.q_gain as Float32Array, k: inputs.k_gain as Float32Array };
      const count = tokens * (heads + 2 * kvHeads) * headDim;
      return {
        qkv: {
          kind: 'close',
          values: headNormReference((inputs.qkv as Float32Array).subarray(0, count), gains, shape),
          absolute: 1e-12,
          relative: 1e-5,
          reason: 'f32 sum of up to 128 pairs of squares in order, and inverseSqrt of 2 ULP',
        },
      };
    },
  };
}

const base = { heads: 4, kvHeads: 2, headDim: 128, epsilon: Math.fround(1e-6) };

/** All cases. */
export const cases: KernelCases = {
  kernel: 'head-norm',
  cases: [
    makeCase(1, base),
    makeCase(65, { ...base, headDim: 64 }),
    makeCase(3, { ...base, kvHeads: 4, headDim: 100 }),
    makeCase(2, { ...base, heads: 16, kvHeads: 8 }),
    makeCase(2, { ...base, kvHeads: 1, headDim: 256 }, 3e4),
    makeCase(2, base, 1e-4),
    makeCase(1, base, 0),
  ],
};
