// Cases of matmul-float: numbers of tokens around the tiles, ragged rows, shards, groups, minima, the residual, extremes.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { type FloatMatrixOptions, floatMatrix } from '../float-case.ts';
import { matmulFloatReference } from './reference.ts';

interface Options extends Omit<FloatMatrixOptions, 'rows' | 'group'> {
  readonly name: string;
  readonly m: number;
  readonly tokens: number;
  readonly group?: number;
  readonly firstRow?: number;
  /** Default firstRow + m. */
  readonly stride?: number;
  readonly layouts?: readonly string[];
  readonly accumulate?: boolean;
}

const CODES = ['W8', 'W4', 'T2', 'B1'];
const ALL = ['F32', 'F16', 'BF16', ...CODES];

/** What `out` holds before: exact to add to. */
const OLD = -7;

// With `exact`, x are small integers: with power-of-two scales every sum is exact.
function makeCase(options: Options): KernelCase {
  const { name, m, k, tokens, group = k, firstRow = 0, layouts = ALL, exact = false } = options;
  const { stride = firstRow + m, accumulate = false, minima = false } = options;
  const matrix = (layout: string | undefined) => floatMatrix(layout, { ...options, rows: m, group });
  const shape = { m, k, group, first_row: firstRow, stride, tokens };
  return {
    name,
    shape: { ...shape, accumulate: accumulate ? 1 : 0, minima: minima ? 1 : 0 },
    layouts,
    inputs(layout) {
      const { w, rowScale, rowMin } = matrix(layout);
      const random = seededUniform(m + k + tokens);
      const draw = () => (exact ? Math.round(7 * random()) : 3 * random());
      const x = Float32Array.from({ length: tokens * k }, draw);
      // Without minima the contents of row_min must not matter.
      const row_min = minima ? rowMin : new Float32Array(4).fill(Number.NaN);
      return { w, row_scale: rowScale, row_min, x, out: new Float32Array(tokens * stride + 3).fill(OLD) };
    },
    expected(inputs, layout) {
      const x = inputs.x as Float32Array;
      const { y, magnitude } = matmulFloatReference({ ...matrix(layout), x, k, group });
      const values = new Float64Array(tokens * stride).fill(OLD); // rows of other shards are left alone
      y.forEach((value, index) => {
        const at = Math.floor(index / m) * stride + firstRow + (index % m);
        values[at] = accumulate ? value + OLD : value;
      });
      // One chain of K / 4 sums of four products, each rounding at most `magnitude` to 2^-24.
      const absolute = exact ? 0 : (k / 4 + 8) * 2 ** -24 * (magnitude + (accumulate ? -OLD : 0));
      const reason = exact ? 'sums of integers below 2^24, exact in any order' : 'f32 sums in any order';
      return { out: { kind: 'close', values, absolute, relative: 0, reason } };
    },
  };
}

const TOKEN_COUNTS = [1, 2, 3, 4, 5, 15, 16, 17, 63, 64, 65];

/** All cases. */
export const cases: KernelCases = {
  kernel: 'matmul-float',
  cases: [
    ...TOKEN_COUNTS.map((tokens) =>
      makeCase({
        name: `${tokens} tokens, M = 5, K = 128`,
        m: 5,
        k: 128,
        tokens,
        exact: true,
        layouts: CODES,
      }),
    ),
    makeCase({
      name: 'floats, ragged K = 48',
      m: 67,
      k: 48,
      tokens: 19,
      layouts: ['F32', 'F16', 'BF16', 'W8'],
    }),
    makeCase({ name: 'ragged rows and tokens, residual', m: 131, k: 384, tokens: 67, accumulate: true }),
    makeCase({ name: 'whole tiles, exact', m: 128, k: 256, tokens: 128, layouts: CODES, exact: true }),
    makeCase({ name: '512 tokens', m: 3, k: 128, tokens: 512 }),
    makeCase({ name: 'middle shard', m: 33, k: 256, tokens: 18, firstRow: 21, stride: 90 }),
    makeCase({
      name: 'middle shard, exact residual',
      m: 66,
      k: 256,
      tokens: 7,
      firstRow: 3,
      stride: 75,
      layouts: CODES,
      exact: true,
      accumulate: true,
    }),
    ...[16, 32, 64, 128, 256].map((group) =>
      makeCase({
        name: `groups of ${group}, exact`,
        m: 23,
        k: 768,
        group,
        tokens: 9,
        layouts: CODES,
        exact: true,
      }),
    ),
    makeCase({ name: 'groups of 48 across cells', m: 7, k: 384, group: 48, tokens: 3, layouts: CODES }),
    makeCase({ name: 'groups of 128, K = 2560', m: 70, k: 2560, group: 128, tokens: 5, layouts: CODES }),
    makeCase({
      name: 'minima, groups of 32, exact residual',
      m: 23,
      k: 768,
      group: 32,
      tokens: 9,
      layouts: CODES,
      minima: true,
      exact: true,
      accumulate: true,
    }),
    makeCase({
      name: 'minima, one group',
      m: 9,
      k: 256,
      tokens: 5,
      layouts: CODES,
      minima: true,
      exact: true,
    }),
    makeCase({ name: 'smallest codes', m: 6, k: 2560, tokens: 2, code: -128, layouts: CODES, exact: true }),
    makeCase({
      name: 'largest codes, huge scale',
      m: 6,
      k: 512,
      group: 64,
      tokens: 3,
      code: 127,
      layouts: CODES,
      amplitude: 1e30,
    }),
    makeCase({ name: 'zero weights', m: 6, k: 512, tokens: 3, amplitude: 0, accumulate: true }),
  ],
};
