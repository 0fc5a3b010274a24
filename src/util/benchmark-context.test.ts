import { describe, expect, it } from 'vitest';
import { benchmarkContext } from './benchmark-context.ts';

describe('benchmarkContext', () => {
  it('is at least 2048 and holds the longest test behind the deepest cache', () => {
    expect(benchmarkContext(['tg32'], [0])).toBe(2048);
    expect(benchmarkContext(['pp512', 'tg128'], [0, 2048])).toBe(2816);
    expect(benchmarkContext(['pp512'], [512])).toBe(2048);
  });

  it('does not count what is no test', () => {
    expect(benchmarkContext(['nonsense'], [0])).toBe(2048);
  });
});
