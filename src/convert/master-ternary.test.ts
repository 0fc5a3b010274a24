import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CodedReader, FloatReader } from '../quant/format.ts';
import { bf16ToF32, f32ToBf16 } from '../util/float16.ts';
import { openMasterTernary } from './master-ternary.ts';

function floats(values: ArrayLike<number>, rows = 1): FloatReader {
  const columns = values.length / rows;
  return {
    kind: 'float',
    rows,
    columns,
    readFloats: async (first, count) =>
      Float32Array.from(values).subarray(first * columns, (first + count) * columns),
  };
}
const readAll = (reader: CodedReader) => reader.readCodes(0, reader.rows);

describe('openMasterTernary', () => {
  it('gives the example of the format description', async () => {
    const reader = await openMasterTernary(floats([0.1, -0.2, 0.35, 0, -0.9, 0.45, 0.449, -0.45]));
    const { codes, scales } = await readAll(reader);
    expect([...codes]).toEqual([0, -1, 1, 0, -1, 1, 1, -1]);
    expect(scales[0]).toBeCloseTo(0.362375, 6);
  });

  it('keeps weights that are scale * code already, and a matrix of zeros', async () => {
    const ternary = await readAll(await openMasterTernary(floats([0.75, 0, -0.75, 0, 0, 0, 0.75, 0], 2)));
    expect([...ternary.codes]).toEqual([1, 0, -1, 0, 0, 0, 1, 0]);
    expect([...ternary.scales]).toEqual([0.75, 0.75]);
    const zeros = await readAll(await openMasterTernary(floats(new Float32Array(4))));
    expect([...zeros.codes]).toEqual([0, 0, 0, 0]);
    expect(zeros.scales[0]).toBe(Math.fround(1e-5));
  });

  it('agrees with absmean in f64 on bf16 weights, but for ties within 1e-6', async () => {
    const weight = fc.float({ min: -2, max: 2, noNaN: true }).map((x) => bf16ToF32(f32ToBf16(x)));
    const weights = fc.array(weight, { minLength: 96, maxLength: 96 });
    await fc.assert(
      fc.asyncProperty(weights, async (values) => {
        const magnitudes = new Set(values.map(Math.abs).filter((size) => size > 0));
        fc.pre(magnitudes.size > 1);
        const { codes, scales } = await readAll(await openMasterTernary(floats(values, 3)));
        const mean = Math.max(values.reduce((sum, x) => sum + Math.abs(x), 0) / values.length, 1e-5);
        expect(Math.abs(scales[0] / mean - 1)).toBeLessThan(1e-6);
        const wrong = values.findIndex((value, index) => {
          const ratio = Math.abs(value / mean);
          if (Math.abs(ratio - 0.5) < 1e-6) return false;
          return codes[index] !== (ratio < 0.5 ? 0 : Math.sign(value));
        });
        expect(wrong).toBe(-1);
      }),
    );
  });
});
