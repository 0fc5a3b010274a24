// Cases of repack: odd row counts, rows that start off a word, windows that begin mid-buffer, a code of 3.
import type { KernelCase, KernelCases } from '../case.ts';
import { CODED_STORAGE, type CodedStoragePart } from '../common/storage/formats.ts';
import { bitsOf, decodeRows, padToWords, randomRows } from '../repack-case.ts';
import { repackPair } from './kernel.ts';
import { repackReference } from './reference.ts';

interface Options {
  readonly name: string;
  readonly rows: number;
  readonly k: number;
  /** First row of the window in the buffer of cells, and in that of scales. */
  readonly cellRow?: number;
  readonly scaleRow?: number;
  /** Column of the first row whose stored code becomes 3; for two-bit formats only. */
  readonly invalid?: number;
}

const CANARY = 0x7fc0dead;
const FLAG = 2;
const TWO_BITS = ['i2_s', 'tq2_0', 'q2_0-64', 'q2_0-128'];

function pairs(hasInvalid: boolean): readonly string[] {
  const storages = CODED_STORAGE.filter(({ id }) => !hasInvalid || TWO_BITS.includes(id));
  // With an invalid code, what P gets is not defined.
  return storages.flatMap((storage) =>
    storage.layouts.filter((name) => !hasInvalid || name !== 'P').map((name) => repackPair(storage, name)),
  );
}

function splitPair(pair = ''): { storage: CodedStoragePart; layout: string } {
  const [id, layout] = pair.split(' to ');
  const storage = CODED_STORAGE.find((entry) => entry.id === id);
  if (storage === undefined) throw new Error(`no storage part for ${pair}`);
  return { storage, layout };
}

/** Bit of the row's first byte block where a column's two-bit code lies, for the formats of TWO_BITS. */
function invalidate(id: string, bytes: Uint8Array, column: number): void {
  const places: Readonly<Record<string, readonly [number, number]>> = {
    i2_s: [column % 32, 6 - 2 * (column >> 5)],
    tq2_0: [32 * (column >> 7) + (column & 31), 2 * ((column >> 5) & 3)],
  };
  const [byte, shift] = places[id] ?? [2 + (column >> 2), 2 * (column & 3)];
  bytes[byte] |= 3 << shift;
}

function makeCase(options: Options): KernelCase {
  const { name, rows, k, cellRow = 0, scaleRow = 0, invalid } = options;
  const seed = rows * 7919 + k;
  return {
    name,
    shape: { k, rows, cell_row: cellRow, scale_row: scaleRow, flag: FLAG },
    layouts: pairs(invalid !== undefined),
    inputs(pair) {
      const { storage, layout } = splitPair(pair);
      const bytes = randomRows(storage.id, rows, k, seed);
      const words = repackReference(decodeRows(storage.id, bytes).codes, layout).length;
      if (invalid !== undefined) invalidate(storage.id, bytes, invalid);
      const groups = storage.groupColumns === 0 ? 1 : k / storage.groupColumns;
      const table = () => new Uint32Array((scaleRow + rows + 1) * groups).fill(CANARY);
      return {
        raw: padToWords(bytes),
        cells: new Uint32Array((cellRow * words) / rows + words + 4).fill(CANARY),
        scales: table(),
        minima: table(),
        flags: new Uint32Array(FLAG + 2),
      };
    },
    expected(inputs, pair) {
      const { storage, layout } = splitPair(pair);
      const bytes = randomRows(storage.id, rows, k, seed);
      const { codes, scales, minima } = decodeRows(storage.id, bytes);
      if (invalid !== undefined) codes[invalid] = 2;
      const cells = inputs.cells.slice() as Uint32Array;
      const packed = repackReference(codes, layout);
      cells.set(packed, (cellRow * packed.length) / rows);
      const at = (scaleRow * scales.length) / rows;
      const expectedScales = inputs.scales.slice() as Uint32Array;
      expectedScales.set(bitsOf(scales), at);
      const expectedMinima = inputs.minima.slice() as Uint32Array;
      if (minima) expectedMinima.set(bitsOf(minima), at);
      const flags = new Uint32Array(FLAG + 2);
      flags[FLAG] = invalid === undefined ? 0 : 1;
      return {
        cells: { kind: 'exact', values: cells },
        scales: { kind: 'exact', values: expectedScales },
        minima: { kind: 'exact', values: expectedMinima },
        flags: { kind: 'exact', values: flags },
      };
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'repack',
  cases: [
    makeCase({ name: 'one row, K = 256', rows: 1, k: 256 }),
    makeCase({ name: 'ragged rows, K = 768', rows: 5, k: 768 }),
    makeCase({ name: 'several workgroups, K = 6912', rows: 7, k: 6912 }),
    makeCase({ name: 'begins mid-buffer, K = 512', rows: 3, k: 512, cellRow: 7, scaleRow: 2 }),
    makeCase({ name: 'many rows, scales elsewhere', rows: 67, k: 256, cellRow: 1 }),
    makeCase({ name: 'a code of 3', rows: 2, k: 256, invalid: 61 }),
  ],
};
