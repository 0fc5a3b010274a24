import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rotateBlocks } from './hadamard.ts';

const rowsOf = (columns: number) =>
  fc
    .array(fc.float({ noNaN: true, min: -100, max: 100 }), { minLength: 2 * columns, maxLength: 2 * columns })
    .map((values) => Float32Array.from(values));

describe('rotateBlocks', () => {
  it('is orthonormal and its own inverse', () => {
    fc.assert(
      fc.property(rowsOf(64), fc.constantFrom(32, 64), (values, block) => {
        const rotated = values.slice();
        rotateBlocks(rotated, block);
        const norm = (x: Float32Array) => x.reduce((sum, value) => sum + value * value, 0);
        expect(norm(rotated)).toBeCloseTo(norm(values), -2);
        rotateBlocks(rotated, block);
        rotated.forEach((value, k) => {
          expect(value).toBeCloseTo(values[k], 3);
        });
      }),
      { seed: 5, numRuns: 60 },
    );
  });

  it('is the Sylvester matrix', () => {
    const unit = new Float32Array(32);
    unit[5] = 1;
    rotateBlocks(unit, 32);
    const expected = Array.from({ length: 32 }, (_, i) => {
      const bits = [0, 1, 2, 3, 4].filter((bit) => ((i & 5) >> bit) & 1).length;
      return Math.fround((bits % 2 === 1 ? -1 : 1) / Math.sqrt(32));
    });
    expect([...unit]).toEqual(expected);
  });
});
