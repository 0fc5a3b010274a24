// Cases of embed: one and many tokens, shards in the middle of the table, several scales per row.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { floatMatrix } from '../float-case.ts';
import { embedReference } from './reference.ts';

interface Options {
  readonly name: string;
  readonly tokens: number;
  readonly k: number;
  readonly group?: number;
  readonly firstRow?: number;
  readonly rowCount: number;
  /** Ids are drawn below this; default the end of the shard. */
  readonly vocabulary?: number;
  readonly layouts?: readonly string[];
  readonly minima?: boolean;
  readonly accumulate?: boolean;
}

const CODES = ['W8', 'W4', 'T2', 'B1'];
const ALL = ['F32', 'F16', 'BF16', ...CODES];

function makeCase(options: Options): KernelCase {
  const { name, tokens, k, group = k, firstRow = 0, rowCount, layouts = ALL } = options;
  const { vocabulary = firstRow + rowCount, minima = false, accumulate = false } = options;
  const matrix = (layout: string | undefined) => floatMatrix(layout, { rows: rowCount, k, group, minima });
  return {
    name,
    shape: {
      ...{ k, group, first_row: firstRow, row_count: rowCount, tokens },
      ...{ minima: minima ? 1 : 0, accumulate: accumulate ? 1 : 0 },
    },
    layouts,
    inputs(layout) {
      const { w, rowScale, rowMin } = matrix(layout);
      const random = seededUniform(tokens + k);
      const ids = Uint32Array.from({ length: tokens }, () => Math.floor(((random() + 1) / 2) * vocabulary));
      // Without minima the contents of row_min must not matter.
      const row_min = minima ? rowMin : new Float32Array(4).fill(Number.NaN);
      return { ids, w, row_scale: rowScale, row_min, out: new Float32Array((tokens + 1) * k).fill(-7) };
    },
    expected(inputs, layout) {
      const operands = { ...matrix(layout), ids: inputs.ids as Uint32Array, k, group, firstRow, accumulate };
      const values = embedReference(operands, inputs.out as Float32Array);
      // With a sum the product, below 129, may cancel.
      const absolute = minima || accumulate ? 136 * 2 ** -23 : 0;
      const reason = 'one product and at most one sum, each rounded to 2^-24';
      return { out: { kind: 'close', values, absolute, relative: 2 ** -23, reason } };
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'embed',
  cases: [
    makeCase({
      name: 'one token, K = 16, one row',
      tokens: 1,
      k: 16,
      rowCount: 1,
      layouts: ['F32', 'F16', 'BF16', 'W8'],
    }),
    makeCase({ name: 'one token, K = 2560', tokens: 1, k: 2560, rowCount: 100 }),
    makeCase({
      name: '70 tokens, ragged K = 528',
      tokens: 70,
      k: 528,
      rowCount: 33,
      layouts: ['F32', 'F16', 'BF16', 'W8'],
    }),
    makeCase({
      name: 'middle shard: others are left alone',
      tokens: 512,
      k: 128,
      firstRow: 40,
      rowCount: 30,
      vocabulary: 100,
    }),
    ...[16, 32, 64, 128].map((group) =>
      makeCase({ name: `groups of ${group}`, tokens: 9, k: 384, group, rowCount: 17, layouts: CODES }),
    ),
    makeCase({
      name: 'added to what is there',
      tokens: 5,
      k: 384,
      group: 64,
      rowCount: 17,
      layouts: CODES,
      accumulate: true,
    }),
    makeCase({ name: 'minima', tokens: 9, k: 384, group: 32, rowCount: 17, layouts: CODES, minima: true }),
  ],
};
