import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codesOfInt4, INT4_GROUP, planesOfInt6 } from './head-codes.ts';

const rowsOf = (columns: number) =>
  fc
    .array(fc.float({ noNaN: true, min: -100, max: 100 }), { minLength: 2 * columns, maxLength: 2 * columns })
    .map((values) => Float32Array.from(values));

describe('planesOfInt6', () => {
  it('keeps every value within half a step of 34 to 63 per row', async () => {
    await fc.assert(
      fc.asyncProperty(rowsOf(64), async (values) => {
        const [high, low] = planesOfInt6(values, 64);
        const [a, b] = [await high.readFloats(0, 2), await low.readFloats(0, 2)];
        for (let row = 0; row < 2; row++) {
          const part = values.subarray(row * 64, (row + 1) * 64);
          const largest = part.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
          // The largest magnitude is at least 29 steps.
          part.forEach((value, k) => {
            const sum = a[row * 64 + k] + b[row * 64 + k];
            expect(Math.abs(sum - value)).toBeLessThanOrEqual((0.501 * largest) / 29 + 1e-30);
          });
        }
      }),
      { seed: 6, numRuns: 60 },
    );
  });

  it('has planes that the layouts hold, and every code from -34 to 29', async () => {
    const values = Float32Array.from({ length: 64 }, (_, k) => k - 34);
    const [high, low] = planesOfInt6(values, 64);
    const planes = [await high.readCodes(0, 1), await low.readCodes(0, 1)];
    expect(planes[1].scales[0]).toBe(1);
    expect(Math.min(...planes[0].codes)).toBe(-8);
    expect(Math.max(...planes[0].codes)).toBe(7);
    expect(new Set(planes[1].codes)).toEqual(new Set([-2, -1, 0, 1]));
    expect([...values]).toEqual(Array.from(planes[0].codes, (code, k) => 4 * code + planes[1].codes[k]));
  });

  it('gives zeros for a row of zeros', async () => {
    for (const plane of planesOfInt6(new Float32Array(64), 64)) {
      expect((await plane.readFloats(0, 1)).every((value) => value === 0)).toBe(true);
    }
  });
});

describe('codesOfInt4', () => {
  it('maps the largest magnitude of a group to -8 and all within a step', async () => {
    await fc.assert(
      fc.asyncProperty(rowsOf(INT4_GROUP), async (values) => {
        const [reader] = codesOfInt4(values, INT4_GROUP);
        const restored = await reader.readFloats(0, 2);
        values.forEach((value, at) => {
          const group = values.subarray(at - (at % INT4_GROUP), at - (at % INT4_GROUP) + INT4_GROUP);
          const largest = group.reduce((most, other) => Math.max(most, Math.abs(other)), 0);
          expect(Math.abs(restored[at] - value)).toBeLessThanOrEqual((1.001 * largest) / 8 + 1e-30);
        });
      }),
      { seed: 4, numRuns: 60 },
    );
  });
});
