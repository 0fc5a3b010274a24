// Cases of kl-divergence: equal, near and far distributions, sharp and flat, vocabularies from 1 to 151 936.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { klDivergenceReference, logSumExpReference } from './reference.ts';

const CANARY = -77;

interface Size {
  readonly tokens: number;
  readonly v: number;
}

/** @param difference of each logit of q from that of p, at most */
function makeCase(name: string, { tokens, v }: Size, difference: number, amplitude = 8): KernelCase {
  const rowsOf = (logits: Float32Array) =>
    Array.from({ length: tokens }, (_, row) => logits.subarray(row * v, (row + 1) * v));
  return {
    name: `${name}, ${tokens} x ${v}, difference ${difference}`,
    shape: { tokens, v },
    inputs() {
      const random = seededUniform(tokens * 7919 + v);
      const p = Float32Array.from({ length: tokens * v }, () => random() * amplitude);
      const q = p.map((logit) => logit + random() * difference);
      return {
        p_logits: p,
        p_log_sum_exp: Float32Array.from(rowsOf(p), logSumExpReference),
        q_logits: q,
        q_log_sum_exp: Float32Array.from(rowsOf(q), logSumExpReference),
        out: new Float32Array(tokens + 1).fill(CANARY),
      };
    },
    expected(inputs) {
      const q = rowsOf(inputs.q_logits as Float32Array);
      const values = rowsOf(inputs.p_logits as Float32Array).map((p, row) =>
        klDivergenceReference(p, q[row]),
      );
      return {
        out: {
          kind: 'close',
          values: Float64Array.from(values),
          absolute: 1e-9,
          relative: 1e-4,
          reason: 'log-sum-exp rounded to f32 moves every difference by up to 1e-6; exp has 3 + 2|x| ULP',
        },
      };
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'kl-divergence',
  cases: [
    makeCase('one token', { tokens: 1, v: 1 }, 1),
    makeCase('equal', { tokens: 3, v: 260 }, 0),
    makeCase('near', { tokens: 5, v: 260 }, 0.1),
    makeCase('far', { tokens: 128, v: 256 }, 4),
    makeCase('default model', { tokens: 7, v: 4096 }, 1),
    makeCase('large', { tokens: 2, v: 151936 }, 0.5),
    makeCase('ragged and large', { tokens: 2, v: 128257 }, 3),
    makeCase('sharp and very different', { tokens: 3, v: 1000 }, 120, 60),
    makeCase('flat', { tokens: 2, v: 3000 }, 2, 0),
  ],
};
