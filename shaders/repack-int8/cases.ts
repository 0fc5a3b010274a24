// Cases of repack-int8: every format, exact ties, rows of zeros, subnormal and huge rows, a window mid-buffer.
import type { KernelCase, KernelCases } from '../case.ts';
import { VALUE_STORAGE } from '../common/storage/formats.ts';
import { bitsOf, decodeValues, padToWords, randomRows, storagePart } from '../repack-case.ts';
import { repackInt8Reference } from './reference.ts';

interface Options {
  readonly name: string;
  readonly id: string;
  readonly rows: number;
  readonly k: number;
  readonly firstRow?: number;
  /** Values instead of random bytes; for f32 only. */
  readonly values?: (row: number, column: number) => number;
}

const CANARY = 0x7fc0dead;

function makeCase({ name, id, rows, k, firstRow = 0, values }: Options): KernelCase {
  const { blockColumns, blockBytes } = storagePart(id);
  const bytes = () => {
    if (values === undefined) return randomRows(id, rows, k, rows * 7919 + k);
    const floats = Float32Array.from({ length: rows * k }, (_, i) => values(Math.floor(i / k), i % k));
    return new Uint8Array(floats.buffer);
  };
  return {
    name: `${name} (${id})`,
    shape: { k, rows, row_bytes: (k / blockColumns) * blockBytes, first_row: firstRow },
    layouts: [id],
    inputs() {
      const decoded = decodeValues(id, bytes());
      const peak = Float32Array.from({ length: rows }, (_, row) =>
        decoded.subarray(row * k, (row + 1) * k).reduce((most, value) => Math.max(most, Math.abs(value)), 0),
      );
      return {
        raw: padToWords(bytes()),
        peak,
        cells: new Uint32Array(((firstRow + rows) * k) / 4 + 4).fill(CANARY),
        scales: new Uint32Array(firstRow + rows + 1).fill(CANARY),
      };
    },
    expected(inputs) {
      const { codes, scales } = repackInt8Reference(decodeValues(id, bytes()), k);
      const cells = inputs.cells.slice() as Uint32Array;
      cells.set(new Uint32Array(codes.buffer), (firstRow * k) / 4);
      const allScales = inputs.scales.slice() as Uint32Array;
      allScales.set(bitsOf(scales), firstRow);
      return { cells: { kind: 'exact', values: cells }, scales: { kind: 'exact', values: allScales } };
    },
  };
}

/** Row 0: steps of a half, so every second value is a tie. Row 1: ties of a reciprocal that f64 cannot hold. */
const ties = (row: number, column: number) => {
  const peak = row === 0 ? 127 : 127 * 3;
  if (column === 0) return peak;
  return (column % 2 === 0 ? 1 : -1) * ((2 * (column % 120) + 1) / 2) * (peak / 127);
};
const subnormal = (row: number, column: number) => (column - 7) * 2 ** (-149 + 3 * row);

/** All cases. */
export const cases: KernelCases = {
  kernel: 'repack-int8',
  cases: [
    ...VALUE_STORAGE.flatMap(({ id }) => [
      makeCase({ name: 'ragged rows, K = 768', id, rows: 5, k: 768 }),
      makeCase({ name: 'begins mid-buffer, K = 6912', id, rows: 3, k: 6912, firstRow: 4 }),
      makeCase({ name: 'many rows', id, rows: 131, k: 256 }),
    ]),
    makeCase({ name: 'a short row, K = 16', id: 'f16', rows: 1, k: 16 }),
    makeCase({ name: 'exact ties', id: 'f32', rows: 2, k: 240, values: ties }),
    makeCase({ name: 'subnormal rows', id: 'f32', rows: 9, k: 64, values: subnormal }),
    makeCase({ name: 'zeros', id: 'f32', rows: 2, k: 64, values: () => 0 }),
    makeCase({ name: 'huge rows', id: 'f32', rows: 2, k: 64, values: (_, column) => (column - 40) * 1e36 }),
  ],
};
