// Cases of repack-row-scales: zero blocks between others, rows of zeros, rows whose scales differ.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { bitsOf } from '../repack-case.ts';
import { rowScalesReference } from './reference.ts';

interface Options {
  readonly name: string;
  readonly rows: number;
  readonly groups: number;
  readonly firstRow?: number;
  /** Row whose last scale is another one. */
  readonly differs?: number;
}

const CANARY = 0x7fc0dead;

function makeCase({ name, rows, groups, firstRow = 0, differs }: Options): KernelCase {
  return {
    name,
    shape: { groups, rows, first_row: firstRow, flag: 1 },
    inputs() {
      const random = seededUniform(rows * 7919 + groups);
      const scales = new Float32Array(rows * groups);
      for (let row = 0; row < rows; row++) {
        const scale = row % 5 === 3 ? 0 : random();
        for (let group = 0; group < groups; group++) {
          scales[row * groups + group] = random() < -0.5 ? 0 : scale;
        }
        if (row === differs) scales.set([1, 2], (row + 1) * groups - 2);
      }
      const row_scale = new Uint32Array(firstRow + rows + 1).fill(CANARY);
      return { scales, row_scale, flags: new Uint32Array(3) };
    },
    expected(inputs) {
      const { rowScales, differ } = rowScalesReference(inputs.scales as Float32Array, groups);
      const row_scale = inputs.row_scale.slice() as Uint32Array;
      row_scale.set(bitsOf(rowScales), firstRow);
      return {
        row_scale: { kind: 'exact', values: row_scale },
        flags: { kind: 'exact', values: Uint32Array.of(0, differ ? 2 : 0, 0) },
      };
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'repack-row-scales',
  cases: [
    makeCase({ name: 'one row', rows: 1, groups: 2 }),
    makeCase({ name: 'many rows, mid-buffer', rows: 133, groups: 10, firstRow: 3 }),
    makeCase({ name: 'scales that differ', rows: 70, groups: 27, differs: 66 }),
  ],
};
