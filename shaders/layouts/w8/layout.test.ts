import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { repackInt8Reference } from '../../repack-int8/reference.ts';
import { quantizeRowsToInt8, W8_CELL_COLUMNS, w8RowBytes } from './layout.ts';

describe('layout W8', () => {
  test('the largest magnitude of a row gets +-127 and the scale', () => {
    const { codes, scales } = quantizeRowsToInt8(Float32Array.of(0.5, -2, 1, 0, 3, 0, 0, -3), 4);
    expect([...scales]).toEqual([Math.fround(2 / 127), Math.fround(3 / 127)]);
    expect([...codes]).toEqual([32, -127, 64, 0, 127, 0, 0, -127]);
  });

  test('values halfway between codes go to the even code', () => {
    // absmax 254 maps v to v / 2 exactly: odd values are ties.
    const values = Float32Array.of(254, 1, 3, 5, 7, -1, -3, -5);
    expect([...quantizeRowsToInt8(values, 8).codes]).toEqual([127, 0, 2, 2, 4, -0, -2, -2].map((v) => v + 0));
    for (let odd = 1; odd < 254; odd += 2) {
      const code = quantizeRowsToInt8(Float32Array.of(254, odd), 2).codes[1];
      expect(code % 2).toBe(0);
      expect(Math.abs(code - odd / 2)).toBe(0.5);
    }
  });

  test('codes times scale are within half a scale of the values', () => {
    const rows = fc.array(fc.float({ noNaN: true, min: -1000, max: 1000 }), { minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(rows, (row) => {
        const { codes, scales } = quantizeRowsToInt8(Float32Array.from(row), 16);
        row.forEach((value, k) => {
          const scale = scales[Math.floor(k / 16)];
          expect(Math.abs(codes[k] * scale - value)).toBeLessThanOrEqual(scale * 0.5001 + 1e-37);
        });
      }),
      { seed: 23, numRuns: 100 },
    );
  });

  test('is exact: equal to rational arithmetic, ties of an inexact reciprocal included', () => {
    // Multiples of 1.5 under 381: every odd multiple is a tie, and 127 / 381 has no exact double.
    const ties = Float32Array.from({ length: 240 }, (_, k) => (k === 0 ? 381 : (k - 120) * 1.5));
    expect(quantizeRowsToInt8(ties, 240)).toEqual(repackInt8Reference(ties, 240));
    const rows = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(rows, (row) => {
        const values = Float32Array.from(row);
        expect(quantizeRowsToInt8(values, 8)).toEqual(repackInt8Reference(values, 8));
      }),
      { seed: 25 },
    );
  });

  test('a row of zeros has codes and scale zero', () => {
    const { codes, scales } = quantizeRowsToInt8(new Float32Array(16), 16);
    expect([...codes]).toEqual(new Array(16).fill(0));
    expect(scales[0]).toBe(0);
  });

  test('a cell is 16 bytes', () => {
    expect(w8RowBytes(W8_CELL_COLUMNS)).toBe(16);
  });
});
