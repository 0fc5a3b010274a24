import { describe, expect, it } from 'vitest';
import {
  formatByteRate,
  formatBytes,
  formatDuration,
  formatRemaining,
  formatTokenRate,
} from './format-units.ts';

describe('format-units', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [7_105_536, '7.1 MB'],
    [99_940_000, '99.9 MB'],
    [99_960_000, '100 MB'],
    [1.2e9, '1.2 GB'],
    [-5, '0 B'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('says nothing about a rate or a time that is not known', () => {
    expect(formatByteRate(0)).toBe('');
    expect(formatRemaining(null)).toBe('');
    expect(formatRemaining(Number.POSITIVE_INFINITY)).toBe('');
  });

  it('writes rates, times left and durations', () => {
    expect(formatByteRate(3_400_000)).toBe('3.4 MB/s');
    expect(formatRemaining(200)).toBe('1 s left');
    expect(formatRemaining(89_000)).toBe('89 s left');
    expect(formatRemaining(121_000)).toBe('3 min left');
    expect(formatDuration(84.4)).toBe('84 ms');
    expect(formatDuration(1_340)).toBe('1.3 s');
    expect(formatTokenRate(31.37)).toBe('31.4 tokens/s');
    expect(formatTokenRate(131.37)).toBe('131 tokens/s');
  });
});
