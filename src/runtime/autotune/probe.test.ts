import { describe, expect, it } from 'vitest';
import { compareOutput } from './probe.ts';
import { amplitude, fillContent } from './probe-contents.ts';

const bits = (...values: number[]) => new Uint32Array(Float32Array.from(values).buffer);
const codes = (...values: number[]) => new Uint32Array(Int8Array.from(values).buffer);

describe('compareOutput', () => {
  it('exact: refuses the smallest difference and NaN, but not another zero', () => {
    expect(compareOutput(bits(1, -0, 3), bits(1, 0, 3), 'exact')).toBeNull();
    expect(compareOutput(bits(1, 2.0000002), bits(1, 2), 'exact')).toContain('[1] is 2.0000002');
    expect(compareOutput(bits(Number.NaN), bits(1), 'exact')).toContain('is NaN');
    expect(compareOutput(bits(1), bits(Number.NaN), 'exact')).toContain('expected NaN');
  });

  it('close: allows rounding of the largest value', () => {
    expect(compareOutput(bits(1000.001, 0.005), bits(1000, 0), 'close')).toBeNull();
    expect(compareOutput(bits(1000.1), bits(1000), 'close')).toContain('within');
  });

  it('codes: allows one step', () => {
    expect(compareOutput(codes(1, -1, 0, 5), codes(0, 0, 0, 5), 'codes')).toBeNull();
    expect(compareOutput(codes(1, -1, 0, 5), codes(1, -1, 2, 5), 'codes')).toContain('[2] is the code 0');
  });
});

describe('fillContent', () => {
  it.each([
    ['T2', 12288, 1],
    ['B1', 262144, 1],
    ['W4', 12288, 8],
    ['W8', 12288, 128],
    ['W8', 2 ** 17, 128],
  ])('keeps sums of %s over %i columns below 2^24', (layout, columns, largest) => {
    const most = amplitude({ columns, layout });
    expect(most).toBeGreaterThanOrEqual(1);
    expect(most * largest * columns).toBeLessThanOrEqual(2 ** 24);
  });

  it('fills the whole range, the same at every run', () => {
    const scale = { columns: 512, layout: 'T2' };
    const words = fillContent('codes', 256, scale);
    const values = new Int8Array(words.buffer);
    expect(Math.min(...values)).toBeLessThan(-120);
    expect(Math.max(...values)).toBeGreaterThan(120);
    expect(fillContent('codes', 256, scale)).toEqual(words);
    expect([...new Float32Array(fillContent('ones', 4, scale).buffer)]).toEqual([1, 1, 1, 1]);
    expect(new Float32Array(fillContent('integers', 64, scale).buffer).every(Number.isInteger)).toBe(true);
  });
});
