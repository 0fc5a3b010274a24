import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packW4, W4_CELL_COLUMNS, w4RowBytes } from './layout.ts';

// Bit-level decoder from the words of the layout's header, one column at a time.
function decode(words: Uint32Array, column: number): number {
  const k = column % 8;
  const word = words[Math.floor(column / 8)];
  const nibble = Math.floor(word / 2 ** (8 * (k % 4) + 4 * Math.floor(k / 4))) % 16;
  return nibble < 8 ? nibble : nibble - 16;
}

const codes = fc
  .integer({ min: 1, max: 6 })
  .chain((cells) =>
    fc.array(fc.integer({ min: -8, max: 7 }), {
      minLength: cells * W4_CELL_COLUMNS,
      maxLength: cells * W4_CELL_COLUMNS,
    }),
  )
  .map((values) => Int8Array.from(values));

describe('layout W4', () => {
  test('unpacking what was packed gives the codes back', () => {
    fc.assert(
      fc.property(codes, (values) => {
        const words = packW4(values);
        expect(words.byteLength).toBe(w4RowBytes(values.length));
        expect(Int8Array.from(values, (_, column) => decode(words, column))).toEqual(values);
      }),
      { seed: 26, numRuns: 60 },
    );
  });

  test('every column has a nibble of its own', () => {
    for (let column = 0; column < W4_CELL_COLUMNS; column++) {
      const values = new Int8Array(W4_CELL_COLUMNS);
      values[column] = -1;
      const words = packW4(values);
      expect(decode(words, column)).toBe(-1);
      expect(words.reduce((set, word) => set + word.toString(2).replaceAll('0', '').length, 0)).toBe(4);
    }
  });

  test('a field masked to the top of its bytes is 16 times four consecutive codes', () => {
    const values = Int8Array.from({ length: 32 }, (_, column) => ((column * 7) % 16) - 8);
    const words = packW4(values);
    for (let group = 0; group < 8; group++) {
      const masked = (words[Math.floor(group / 2)] << (4 - 4 * (group % 2))) & 0xf0f0f0f0;
      const bytes = new Int8Array(Int32Array.of(masked).buffer);
      expect([...bytes]).toEqual([...values.subarray(4 * group, 4 * group + 4)].map((code) => 16 * code));
    }
  });
});
