import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { P_CELL_COLUMNS, packBitPlanes, packP, pRowBytes } from './layout.ts';

const bitOf = (word: number, bit: number) => Math.floor(word / 2 ** bit) % 2;

// Bit-level decoder from the words of the layout's header: cells of (plus, minus, plus, minus).
function decode(words: Uint32Array, column: number): number {
  const plusAt = 4 * Math.floor(column / 64) + 2 * Math.floor((column % 64) / 32);
  const plus = bitOf(words[plusAt], column % 32);
  const minus = bitOf(words[plusAt + 1], column % 32);
  return plus && minus ? Number.NaN : plus - minus;
}

function arrayOf(element: fc.Arbitrary<number>, unit: number) {
  return fc
    .integer({ min: 1, max: 6 })
    .chain((units) => fc.array(element, { minLength: units * unit, maxLength: units * unit }))
    .map((values) => Int8Array.from(values));
}

describe('layout P', () => {
  test('unpacking what was packed gives the codes back', () => {
    fc.assert(
      fc.property(arrayOf(fc.integer({ min: -1, max: 1 }), P_CELL_COLUMNS), (values) => {
        const words = packP(values);
        expect(words.byteLength).toBe(pRowBytes(values.length));
        expect(Int8Array.from(values, (_, column) => decode(words, column))).toEqual(values);
      }),
      { seed: 21, numRuns: 60 },
    );
  });

  test('the planes of activations hold every int8 in two complement', () => {
    fc.assert(
      fc.property(arrayOf(fc.integer({ min: -128, max: 127 }), 32), (values) => {
        const planes = packBitPlanes(values);
        const back = Int8Array.from(values, (_, column) => {
          const group = 8 * Math.floor(column / 32);
          let value = -128 * bitOf(planes[group + 7], column % 32);
          for (let p = 0; p < 7; p++) value += 2 ** p * bitOf(planes[group + p], column % 32);
          return value;
        });
        expect(back).toEqual(values);
      }),
      { seed: 22, numRuns: 60 },
    );
  });
});
