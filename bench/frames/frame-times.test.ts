import { describe, expect, it } from 'vitest';
import { frameTimes } from './frame-times.ts';

describe('frameTimes', () => {
  it('counts what is missing of 60 frames a second', () => {
    const { frames, dropped, longest, histogram } = frameTimes([16.7, 16.6, 33.4, 16.7, 50, 300]);
    expect({ frames, dropped, longest }).toEqual({ frames: 6, dropped: 1 + 2 + 17, longest: 300 });
    expect(histogram.map(({ count }) => count)).toEqual([3, 1, 1, 0, 0, 1]);
  });

  it('refuses a list without frames', () => {
    expect(() => frameTimes([])).toThrow('no frame');
  });
});
