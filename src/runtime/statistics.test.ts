import { describe, expect, it } from 'vitest';
import { median, summarize } from './statistics.ts';

describe('median', () => {
  it('is the middle value, or the mean of the two middle ones', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });
});

describe('summarize', () => {
  it('gives median, extremes and count', () => {
    expect(summarize([2, 9, 4])).toEqual({ median: 4, minimum: 2, maximum: 9, repeats: 3 });
  });
});
