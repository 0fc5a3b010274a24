import { describe, expect, it } from 'vitest';
import { median, quantile, summarize } from './statistics.ts';

describe('statistics', () => {
  it('takes the middle value, or the mean of the two', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it('interpolates quantiles between neighbours', () => {
    expect(quantile([0, 10], 0.1)).toBe(1);
    expect(quantile([5], 0.9)).toBe(5);
    expect(quantile([5, 1, 4, 2, 3], 0.25)).toBe(2);
  });

  it('summarises repeats', () => {
    expect(summarize([2, 8, 4])).toEqual({
      median: 4,
      p10: 2.4,
      p90: expect.closeTo(7.2),
      minimum: 2,
      maximum: 8,
      repeats: 3,
    });
  });
});
