import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hadamardBlock } from '../quant/quantization-metadata.ts';
import { fixedSigns, requireHadamardBlock, rotateColumns, rotateRows } from './hadamard.ts';

const BLOCKS = [32, 64, 128, 256, 512, 1024];
const bits = (value: number): number => (value === 0 ? 0 : (value & 1) + bits(value >>> 1));
const entry = (row: number, column: number, n: number) => (-1) ** bits(row & column) / Math.sqrt(n);

function largestDifference(a: Float32Array, b: ArrayLike<number>): number {
  return a.reduce((most, value, index) => Math.max(most, Math.abs(value - b[index])), 0);
}

const vectors = (length: number) =>
  fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: length, maxLength: length });

describe('Hadamard transform', () => {
  it.each(BLOCKS)('is its own inverse in blocks of %d', (block) => {
    fc.assert(
      fc.property(vectors(block * 2), (values) => {
        const x = Float32Array.from(values);
        const rotated = x.slice();
        rotateRows(rotated, x.length, block);
        rotateRows(rotated, x.length, block);
        expect(largestDifference(rotated, x)).toBeLessThan(1e-4);
      }),
      { numRuns: 5 },
    );
  });

  it.each([32, 64, 256])('equals the dense product of size %d, signs first', (n) => {
    fc.assert(
      fc.property(vectors(n), (values) => {
        const signs = fixedSigns(n);
        const rotated = Float32Array.from(values);
        rotateRows(rotated, n, n, signs);
        const dense = values.map((_, row) =>
          values.reduce((sum, value, column) => sum + entry(row, column, n) * signs[column] * value, 0),
        );
        expect(largestDifference(rotated, dense)).toBeLessThan(1e-4);
      }),
      { numRuns: 5 },
    );
  });

  it('keeps a product: (x Q) . (w Q) = x . w', () => {
    const n = 192;
    const x = Float32Array.from({ length: n }, (_, i) => Math.sin(i * i));
    const w = Float32Array.from({ length: n }, (_, i) => Math.cos(3 * i));
    const dot = () => x.reduce((sum, value, i) => sum + value * w[i], 0);
    const before = dot();
    for (const values of [x, w]) rotateRows(values, n, 64, fixedSigns(n));
    expect(dot()).toBeCloseTo(before, 4);
  });

  it('rotates columns as rows of the transpose', () => {
    const [rows, columns] = [64, 5];
    const matrix = Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i * 1.7));
    const transpose = Float32Array.from(
      { length: rows * columns },
      (_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)],
    );
    rotateColumns(matrix, columns, 32, fixedSigns(rows));
    rotateRows(transpose, rows, 32, fixedSigns(rows));
    const back = Array.from(matrix, (_, i) => transpose[(i % columns) * rows + Math.floor(i / columns)]);
    expect(largestDifference(matrix, back)).toBeLessThan(1e-6);
  });

  it.each([
    [2560, 512],
    [6912, 256],
    [768, 256],
    [8640, 64],
    [14336, 1024],
    [4096, 1024],
    [96, 32],
    [32, 32],
    [80, null],
  ])('chooses the largest block that divides %d', (width, block) => {
    expect(hadamardBlock(width)).toBe(block);
  });

  it('refuses a width that no block divides', () => {
    expect(() => requireHadamardBlock(80, 'hidden size')).toThrow(/hidden size is 80/);
  });
});
