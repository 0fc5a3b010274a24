import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { B1_CELL_COLUMNS, b1RowBytes, packB1 } from './layout.ts';

// Bit-level decoder from the words of the layout's header, one column at a time.
function decode(words: Uint32Array, column: number): number {
  const k = column % 32;
  const bit = Math.floor(words[Math.floor(column / 32)] / 2 ** (8 * (k % 4) + Math.floor(k / 4))) % 2;
  return bit === 1 ? 1 : -1;
}

const codes = fc
  .integer({ min: 1, max: 5 })
  .chain((cells) =>
    fc.array(fc.constantFrom(-1, 1), {
      minLength: cells * B1_CELL_COLUMNS,
      maxLength: cells * B1_CELL_COLUMNS,
    }),
  )
  .map((values) => Int8Array.from(values));

describe('layout B1', () => {
  test('unpacking what was packed gives the codes back', () => {
    fc.assert(
      fc.property(codes, (values) => {
        const words = packB1(values);
        expect(words.byteLength).toBe(b1RowBytes(values.length));
        expect(Int8Array.from(values, (_, column) => decode(words, column))).toEqual(values);
      }),
      { seed: 25, numRuns: 60 },
    );
  });

  test('every column has a bit of its own', () => {
    const seen = new Set<string>();
    for (let column = 0; column < B1_CELL_COLUMNS; column++) {
      const values = new Int8Array(B1_CELL_COLUMNS).fill(-1);
      values[column] = 1;
      const words = packB1(values);
      expect(words.reduce((set, word) => set + word.toString(2).replaceAll('0', '').length, 0)).toBe(1);
      seen.add(words.join());
    }
    expect(seen.size).toBe(B1_CELL_COLUMNS);
  });

  test('a shifted and masked word holds the bits of four consecutive columns, one per byte', () => {
    const values = Int8Array.from({ length: 128 }, (_, column) => ((column * 5) % 7 < 3 ? 1 : -1));
    const words = packB1(values);
    for (let group = 0; group < 32; group++) {
      const masked = (words[Math.floor(group / 8)] >>> (group % 8)) & 0x01010101;
      const bytes = new Int8Array(Int32Array.of(masked).buffer);
      expect([...bytes].map((bit) => 2 * bit - 1)).toEqual([...values.subarray(4 * group, 4 * group + 4)]);
    }
  });
});
