// Cases of block-embed: every layout, groups, the first and the last row, a zero row.
import { CODE_CANARY, quantizedExpectation } from '../block-case.ts';
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { floatMatrix } from '../float-case.ts';
import { blockEmbedReference } from './reference.ts';

interface Options {
  readonly name: string;
  readonly rows: number;
  readonly k: number;
  readonly row: number;
  readonly group?: number;
  readonly amplitude?: number;
}

const FLOATS = ['F32', 'F16', 'BF16'];
const LAYOUTS = ['F32', 'F16', 'BF16', 'W8', 'W4', 'T2', 'B1'];

function makeCase(options: Options): KernelCase {
  const { name, rows, k, row, amplitude = 1 } = options;
  const group = options.group ?? k;
  const groupOf = (layout: string | undefined) => (FLOATS.includes(layout ?? '') ? k : group);
  const table = (layout: string | undefined) =>
    floatMatrix(layout, { rows, k, group: groupOf(layout), amplitude });
  const random = seededUniform(k + 3);
  const gain = Float32Array.from({ length: k }, () => 1 + 0.3 * random());
  return {
    name,
    shape: { k, group, row_count: rows },
    layouts: options.group === undefined ? LAYOUTS : ['W8', 'W4', 'T2', 'B1'],
    inputs(layout) {
      const { w, rowScale } = table(layout);
      return {
        ids: Uint32Array.of(row, 99),
        w,
        row_scale: rowScale,
        gain,
        x: new Float32Array(k + 3).fill(-7),
        q_out: new Uint32Array(k / 4 + 3).fill(CODE_CANARY),
        act_out: new Float32Array(k / 16 + 3).fill(-7),
      };
    },
    expected(_, layout) {
      const { values, rowScale } = table(layout);
      const { x, quantized } = blockEmbedReference({ values, rowScale, group: groupOf(layout), gain, row });
      return {
        x: { kind: 'close', values: x, absolute: 0, relative: 2e-7, reason: 'one product in f32' },
        ...quantizedExpectation(quantized, 0),
      };
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'block-embed',
  cases: [
    makeCase({ name: 'first row', rows: 5, k: 128, row: 0 }),
    makeCase({ name: 'last row, K = 2560', rows: 3, k: 2560, row: 2 }),
    makeCase({ name: 'groups of 128', rows: 4, k: 512, row: 1, group: 128 }),
    makeCase({ name: 'zeros', rows: 2, k: 128, row: 1, amplitude: 0 }),
  ],
};
