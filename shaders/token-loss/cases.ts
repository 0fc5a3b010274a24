// Cases of token-loss: vocabularies from 1 to 151 936, ragged ones, sharp and flat rows, ties, large offsets.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { tokenLossReference } from './reference.ts';

const CANARY = -77;
const INTEGER_CANARY = 0x7fc0dead;

interface Options {
  readonly amplitude?: number;
  readonly offset?: number;
  readonly edit?: (logits: Float32Array) => void;
}

function makeCase(name: string, tokens: number, v: number, options: Options = {}): KernelCase {
  const { amplitude = 8, offset = 0, edit } = options;
  return {
    name: `${name}, ${tokens} x ${v}`,
    shape: { tokens, v },
    inputs() {
      const random = seededUniform(tokens * 7919 + v);
      const logits = Float32Array.from({ length: tokens * v }, () => random() * amplitude + offset);
      edit?.(logits);
      const targets = Uint32Array.from({ length: tokens }, (_, row) => (row * 7919 + v - 1) % v);
      return {
        logits,
        targets,
        loss: new Float32Array(tokens + 1).fill(CANARY),
        log_sum_exp: new Float32Array(tokens + 1).fill(CANARY),
        best: new Uint32Array(tokens + 1).fill(INTEGER_CANARY),
      };
    },
    expected(inputs) {
      const logits = inputs.logits as Float32Array;
      const rows = Array.from({ length: tokens }, (_, row) =>
        tokenLossReference(logits.subarray(row * v, (row + 1) * v), inputs.targets[row]),
      );
      const close = {
        kind: 'close',
        absolute: 1e-5,
        relative: 1e-6,
        reason: 'f32 sum in any order; exp has 3 + 2|x| ULP, log 2^-21 absolute near 1',
      } as const;
      return {
        loss: { ...close, values: Float64Array.from(rows, (row) => row.loss) },
        log_sum_exp: { ...close, values: Float64Array.from(rows, (row) => row.logSumExp) },
        best: { kind: 'exact', values: Uint32Array.from(rows, (row) => row.best) },
      };
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'token-loss',
  cases: [
    makeCase('one token of one', 1, 1),
    makeCase('bytes', 5, 256),
    makeCase('bytes and control tokens', 128, 260),
    makeCase('ragged', 3, 257),
    makeCase('default model', 7, 4096),
    makeCase('large', 2, 151936),
    makeCase('ragged and large', 2, 128257),
    makeCase('flat', 2, 3000, { amplitude: 0 }),
    makeCase('sharp', 3, 1000, { amplitude: 60 }),
    makeCase('far from zero', 3, 1000, { offset: -200 }),
    makeCase('ties: the lowest index', 1, 2048, {
      edit: (logits) => {
        for (const i of [2000, 1100, 844, 588]) logits[i] = 12;
      },
    }),
  ],
};
