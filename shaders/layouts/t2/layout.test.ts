import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packT2, T2_CELL_COLUMNS, t2RowBytes } from './layout.ts';

// Bit-level decoder from the words of the layout's header, one column at a time.
function decode(words: Uint32Array, column: number): number {
  const word = words[Math.floor(column / 16)];
  const j = column % 16;
  const bits = Math.floor(word / 2 ** (8 * (j % 4) + 2 * Math.floor(j / 4))) % 4;
  return [0, 1, Number.NaN, -1][bits];
}

const codes = fc
  .integer({ min: 1, max: 6 })
  .chain((cells) =>
    fc.array(fc.integer({ min: -1, max: 1 }), {
      minLength: cells * T2_CELL_COLUMNS,
      maxLength: cells * T2_CELL_COLUMNS,
    }),
  )
  .map((values) => Int8Array.from(values));

describe('layout T2', () => {
  test('unpacking what was packed gives the codes back', () => {
    fc.assert(
      fc.property(codes, (values) => {
        const words = packT2(values);
        expect(words.byteLength).toBe(t2RowBytes(values.length));
        expect(Int8Array.from(values, (_, column) => decode(words, column))).toEqual(values);
      }),
      { seed: 20, numRuns: 60 },
    );
  });

  test('every column has bits of its own', () => {
    for (let column = 0; column < 64; column++) {
      const values = new Int8Array(64);
      values[column] = -1;
      const words = packT2(values);
      expect(decode(words, column)).toBe(-1);
      expect(words.reduce((set, word) => set + word.toString(2).replaceAll('0', '').length, 0)).toBe(2);
    }
  });

  test('a field masked to the top of its bytes is 64 times four consecutive codes', () => {
    const values = Int8Array.from({ length: 64 }, (_, column) => ((column * 7) % 3) - 1);
    const words = packT2(values);
    for (let group = 0; group < 16; group++) {
      const field = group % 4;
      const masked = (words[Math.floor(group / 4)] << (6 - 2 * field)) & 0xc0c0c0c0;
      const bytes = new Int8Array(Int32Array.of(masked).buffer);
      expect([...bytes]).toEqual([...values.subarray(4 * group, 4 * group + 4)].map((code) => 64 * code));
    }
  });

  test('rows follow each other without padding', () => {
    const row = Int8Array.from({ length: 128 }, (_, column) => (column % 3) - 1);
    const two = new Int8Array(256);
    two.set(row, 128);
    expect(packT2(two).subarray(8)).toEqual(packT2(row));
  });
});
