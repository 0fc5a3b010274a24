// Cases of rotate-heads: head dims whose blocks are 4, 32, 64, 128 and 256; one token and several.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { hadamardBlock } from '../common/kv/layout.ts';
import { hadamardReference } from './reference.ts';

const CANARY = -77;

function makeCase(tokens: number, heads: number, headDim: number): KernelCase {
  const block = hadamardBlock(headDim);
  return {
    name: `${tokens} tokens, ${heads} heads x ${headDim}, blocks of ${block}`,
    shape: { heads, head_dim: headDim, tokens },
    inputs() {
      const random = seededUniform(tokens + headDim);
      const x = new Float32Array((tokens * heads + 1) * headDim).fill(CANARY);
      for (let i = 0; i < tokens * heads * headDim; i++) x[i] = random() * 3;
      return { x };
    },
    expected({ x }) {
      const values = hadamardReference((x as Float32Array).subarray(0, tokens * heads * headDim), block);
      const reason = 'a sum of up to 256 values up to 3, over its root';
      return { x: { kind: 'close', values, absolute: 2e-5, relative: 0, reason } };
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'rotate-heads',
  cases: [
    makeCase(1, 2, 8),
    makeCase(3, 1, 32),
    makeCase(2, 3, 64),
    makeCase(2, 3, 96),
    makeCase(5, 4, 100),
    makeCase(3, 20, 128),
    makeCase(2, 1, 256),
  ],
};
