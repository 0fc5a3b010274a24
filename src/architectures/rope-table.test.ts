import { describe, expect, it } from 'vitest';
import { ropeTable } from './rope-table.ts';

describe('ropeTable', () => {
  it('turns pair i by position * base^(-2i / headDim)', () => {
    const table = ropeTable(1024, 64, { base: 10000 });
    expect(table.length).toBe(1024 * 64);
    for (const [position, pair] of [
      [0, 0],
      [1, 0],
      [7, 3],
      [1023, 31],
      [500, 16],
    ]) {
      const angle = position / 10000 ** (pair / 32);
      expect(table[(position * 32 + pair) * 2]).toBe(Math.fround(Math.cos(angle)));
      expect(table[(position * 32 + pair) * 2 + 1]).toBe(Math.fround(Math.sin(angle)));
    }
  });

  it('has known values for the first pair: one radian per position', () => {
    const table = ropeTable(4, 2, { base: 500000 });
    expect(table[2]).toBeCloseTo(0.5403023058681398, 7);
    expect(table[3]).toBeCloseTo(0.8414709848078965, 7);
    expect(table[7]).toBeCloseTo(0.1411200080598672, 7);
  });

  it('takes frequencies instead of the base', () => {
    const table = ropeTable(3, 4, { base: 10000, frequencies: [0.5, 0.25] });
    expect(table[8]).toBe(Math.fround(Math.cos(1)));
    expect(table[11]).toBe(Math.fround(Math.sin(0.5)));
  });

  it('rejects an odd head dimension and a wrong number of frequencies', () => {
    expect(() => ropeTable(4, 63, { base: 10000 })).toThrow(RangeError);
    expect(() => ropeTable(4, 64, { base: 10000, frequencies: [1] })).toThrow(/1 frequencies.*needs 32/);
  });
});
