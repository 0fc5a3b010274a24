// Cases of matmul-ternary: every number of tokens around the tiles, ragged rows, overflow bounds, the residual.
import type { KernelCase, KernelCases } from '../case.ts';
import {
  type TernaryCaseOptions,
  ternaryBuffers,
  ternaryExpectation,
  ternaryOperands,
} from '../ternary-case.ts';
import { matmulTernaryReference } from './reference.ts';

function makeCase(options: TernaryCaseOptions & { readonly tokens: number }): KernelCase {
  const { name, m, k, tokens, accumulate } = options;
  return {
    name,
    shape: { m, k, accumulate: accumulate ? 1 : 0, tokens },
    layouts: ['T2', 'P'],
    inputs: (layout) => ternaryBuffers(ternaryOperands(options), layout),
    expected() {
      const operands = ternaryOperands(options);
      return { out: ternaryExpectation(options, operands, matmulTernaryReference(operands)) };
    },
  };
}

const TOKEN_COUNTS = Array.from({ length: 70 }, (_, index) => index + 1);

/** All cases. */
export const cases: KernelCases = {
  kernel: 'matmul-ternary',
  cases: [
    ...TOKEN_COUNTS.map((tokens) =>
      makeCase({ name: `${tokens} tokens, M = 5, K = 64`, m: 5, k: 64, tokens }),
    ),
    makeCase({ name: 'one output', m: 1, k: 64, tokens: 1 }),
    makeCase({ name: 'ragged rows and tokens, residual', m: 131, k: 192, tokens: 67, accumulate: true }),
    makeCase({ name: 'whole tiles', m: 128, k: 512, tokens: 128 }),
    makeCase({ name: '512 tokens', m: 3, k: 128, tokens: 512 }),
    makeCase({ name: 'K = 2560, realistic scales', m: 70, k: 2560, tokens: 19, scales: 'realistic' }),
    makeCase({
      name: 'realistic residual',
      m: 33,
      k: 640,
      tokens: 9,
      accumulate: true,
      scales: 'realistic',
    }),
    makeCase({ name: 'K = 6912', m: 66, k: 6912, tokens: 5, accumulate: true }),
    makeCase({ name: 'every product +-127', m: 5, k: 12288, tokens: 3, weights: 'signs', activations: 127 }),
    makeCase({ name: 'every product +-128', m: 6, k: 12288, tokens: 2, weights: 'signs', activations: -128 }),
    makeCase({ name: 'zero weights', m: 10, k: 256, tokens: 6, weights: 'zero', accumulate: true }),
    makeCase({ name: 'extreme scales', m: 21, k: 512, tokens: 7, scales: 'extreme' }),
  ],
};
