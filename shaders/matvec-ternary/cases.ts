// Cases of matvec-ternary: ragged rows, one row, every cell count class, overflow bounds, extreme scales, the residual.
import type { KernelCase, KernelCases } from '../case.ts';
import {
  type TernaryCaseOptions,
  ternaryBuffers,
  ternaryExpectation,
  ternaryOperands,
} from '../ternary-case.ts';
import { matvecTernaryReference } from './reference.ts';

function makeCase(options: TernaryCaseOptions): KernelCase {
  const { k, m, tokens = 1 } = options;
  return {
    name: options.name,
    shape: { m, k, accumulate: options.accumulate ? 1 : 0, tokens, columns: tokens },
    layouts: ['T2', 'P'],
    inputs: (layout) => ternaryBuffers(ternaryOperands(options), layout),
    expected() {
      const operands = ternaryOperands(options);
      const y = new Float64Array(tokens * m);
      for (let column = 0; column < tokens; column++) {
        const q = operands.q.subarray(column * k, (column + 1) * k);
        y.set(matvecTernaryReference({ ...operands, q, qScale: operands.qScale[column] }), column * m);
      }
      return { out: ternaryExpectation(options, operands, y) };
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'matvec-ternary',
  forTuner: [
    'M = 515, K = 2560, realistic scales',
    'ragged rows, three cells, residual',
    'every product +-128',
    'extreme scales',
  ],
  cases: [
    makeCase({ name: 'one row, one cell', m: 1, k: 64 }),
    makeCase({ name: 'ragged rows, one cell', m: 1030, k: 64 }),
    makeCase({ name: 'ragged rows, three cells, residual', m: 37, k: 192, accumulate: true }),
    makeCase({ name: 'M = 130, K = 512', m: 130, k: 512 }),
    makeCase({ name: 'M = 515, K = 2560, realistic scales', m: 515, k: 2560, scales: 'realistic' }),
    makeCase({ name: 'M = 66, K = 6912, residual', m: 66, k: 6912, accumulate: true }),
    makeCase({ name: 'realistic residual', m: 131, k: 640, accumulate: true, scales: 'realistic' }),
    makeCase({ name: 'every product +-127', m: 5, k: 12288, weights: 'signs', activations: 127 }),
    makeCase({ name: 'every product +-128', m: 6, k: 12288, weights: 'signs', activations: -128 }),
    makeCase({ name: 'activations of -127', m: 9, k: 128, weights: 'signs', activations: -127 }),
    makeCase({ name: 'zero weights keep the residual', m: 10, k: 256, weights: 'zero', accumulate: true }),
    ...[2, 4, 5, 8].map((tokens) =>
      makeCase({ name: `${tokens} columns, residual`, m: 37, k: 320, tokens, accumulate: true }),
    ),
    makeCase({ name: 'extreme scales', m: 21, k: 512, scales: 'extreme' }),
  ],
};
