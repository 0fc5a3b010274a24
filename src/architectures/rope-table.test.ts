import { describe, expect, it } from 'vitest';
import { ropeFrequencies, ropeTable } from './rope-table.ts';

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

describe('ropeFrequencies', () => {
  // The rope tables of the published Bonsai files: theta, original context, then pair -> radians per position (eight digits).
  it.each([
    {
      base: 1e6,
      originalContext: 8192,
      values: { 17: 2.5482967e-2, 18: 1.9629283e-2, 32: 3.3823529e-4, 34: 1.6234541e-4 },
    },
    {
      base: 5e6,
      originalContext: 8192,
      values: { 15: 2.6910942e-2, 16: 2.0090054e-2, 32: 1.118034e-4, 30: 1.810497e-4 },
    },
    {
      base: 1e6,
      originalContext: 16384,
      values: { 20: 1.3335214e-2, 21: 1.0271987e-2, 32: 4.7058824e-4, 37: 8.4955208e-5 },
    },
  ])('YaRN x 4, theta $base, original context $originalContext', ({ base, originalContext, values }) => {
    const scaling = { type: 'yarn', factor: 4, originalContext } as const;
    const { frequencies, magnitude } = ropeFrequencies(128, base, { scaling });
    expect(frequencies[0]).toBe(1);
    for (const [pair, expected] of Object.entries(values)) {
      expect(Math.abs(frequencies[Number(pair)] / expected - 1)).toBeLessThan(5e-8);
    }
    expect(magnitude).toBeCloseTo(1.138629436, 9);
  });

  it('interpolates every pair and leaves the magnitude without extrapolation', () => {
    const scaling = { type: 'yarn', factor: 4, originalContext: 8192, extrapolation: 0 } as const;
    const { frequencies, magnitude } = ropeFrequencies(4, 10000, { scaling });
    expect([...frequencies]).toEqual([0.25, 0.0025]);
    expect(magnitude).toBe(1);
  });

  it('divides by a linear factor and by the factors of the file', () => {
    const scaling = { type: 'linear', factor: 2 } as const;
    expect([...ropeFrequencies(4, 10000, { scaling }).frequencies]).toEqual([0.5, 0.005]);
    expect([...ropeFrequencies(4, 10000, { scaling, factors: [1, 8] }).frequencies]).toEqual([
      0.5,
      0.01 / 16,
    ]);
  });

  it('puts the magnitude into the table and refuses a wrong number of factors', () => {
    expect(ropeTable(1, 2, { base: 10000, magnitude: 1.5 })[0]).toBe(1.5);
    expect(() => ropeFrequencies(64, 10000, { factors: [1] })).toThrow(RangeError);
  });
});
