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
}

function makeCase(options: Options): KernelCase {
  const { name, tokens, k, group = k, firstRow = 0, rowCount, layouts = ['W8', 'F16', 'F32'] } = options;
  const { vocabulary = firstRow + rowCount } = options;
  const matrix = (layout: string | undefined) => floatMatrix(layout, { rows: rowCount, k, group });
  return {
    name,
    shape: { k, group, first_row: firstRow, row_count: rowCount, tokens },
    layouts,
    inputs(layout) {
      const { w, rowScale } = matrix(layout);
      const random = seededUniform(tokens + k);
      const ids = Uint32Array.from({ length: tokens }, () => Math.floor(((random() + 1) / 2) * vocabulary));
      return { ids, w, row_scale: rowScale, out: new Float32Array((tokens + 1) * k).fill(-7) };
    },
    expected(inputs, layout) {
      const operands = { ...matrix(layout), ids: inputs.ids as Uint32Array, k, group, firstRow };
      const values = embedReference(operands, inputs.out as Float32Array);
      const reason = 'one product, rounded to 2^-24';
      return { out: { kind: 'close', values, absolute: 0, relative: 2 ** -23, reason } };
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'embed',
  cases: [
    makeCase({ name: 'one token, K = 16, one row', tokens: 1, k: 16, rowCount: 1 }),
    makeCase({ name: 'one token, K = 2560', tokens: 1, k: 2560, rowCount: 100 }),
    makeCase({ name: '70 tokens, ragged K = 528', tokens: 70, k: 528, rowCount: 33 }),
    makeCase({
      name: 'middle shard: others are left alone',
      tokens: 512,
      k: 64,
      firstRow: 40,
      rowCount: 30,
      vocabulary: 100,
    }),
    makeCase({ name: 'four scales per row', tokens: 9, k: 256, group: 64, rowCount: 17, layouts: ['W8'] }),
  ],
};
