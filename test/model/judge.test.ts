// The judge of the model suite must itself refuse what is wrong.
import { describe, expect, it } from 'vitest';
import { argmaxError, relativeL2, topTwo } from './judge.ts';

describe('relativeL2', () => {
  it('is 0 for equal vectors and the relative length of the difference otherwise', () => {
    expect(relativeL2([3, 4], [3, 4])).toBe(0);
    expect(relativeL2([3, 5], [3, 4])).toBeCloseTo(1 / 5, 12);
  });

  it('is NaN for another length or a NaN, so that no bound accepts it', () => {
    expect(relativeL2([1], [1, 2])).toBeNaN();
    expect(relativeL2([Number.NaN, 1], [1, 1])).toBeNaN();
  });
});

describe('topTwo', () => {
  it('finds the largest and the gap wherever the second is', () => {
    expect(topTwo([1, 5, 3])).toEqual({ index: 1, gap: 2 });
    expect(topTwo([3, 1, 5])).toEqual({ index: 2, gap: 2 });
    expect(topTwo([5, 5, 1])).toEqual({ index: 0, gap: 0 });
  });
});

describe('argmaxError', () => {
  it('names the first wrong row, and lets a near tie pass', () => {
    const rows = Float32Array.of(0, 1, 0.5, 0.55);
    expect(argmaxError(rows, [1, 1], 0.1)).toBeNull();
    expect(argmaxError(rows, [1, 0], 0.1)).toBeNull();
    expect(argmaxError(rows, [0, 1], 0.1)).toContain('position 0');
  });
});
