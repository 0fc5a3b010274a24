import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bf16ToF32, f16ToF32, f32ToBf16, f32ToF16, roundTiesAway, roundTiesToEven } from './float16.ts';

/** Value of a binary16 by its definition. */
function f16ByDefinition(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const mantissa = half & 1023;
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

describe('binary16', () => {
  it('decodes all 65536 values by the definition, and encodes them back', () => {
    const wrong: number[] = [];
    for (let half = 0; half < 65536; half++) {
      const value = f16ToF32(half);
      const back = Number.isNaN(value) ? half : f32ToF16(value);
      if (!Object.is(value, f16ByDefinition(half)) || back !== half) wrong.push(half);
    }
    expect(wrong).toEqual([]);
    expect(f16ToF32(f32ToF16(Number.NaN))).toBeNaN();
  });

  it('encodes to the nearest value, ties to even', () => {
    fc.assert(
      fc.property(fc.nat(0x7bff - 1), fc.double({ min: 0, max: 1, noNaN: true }), (half, share) => {
        const low = f16ToF32(half);
        const high = f16ToF32(half + 1);
        const value = Math.fround(low + (high - low) * share);
        const middle = (low + high) / 2;
        const even = half % 2 === 0 ? half : half + 1;
        const expected = value < middle ? half : value > middle ? half + 1 : even;
        expect(f32ToF16(value)).toBe(expected);
        expect(f32ToF16(-value)).toBe(expected | 0x8000);
      }),
    );
  });

  it('overflows to infinity from 65520 on', () => {
    expect(f32ToF16(65519.996)).toBe(0x7bff);
    expect(f32ToF16(65520)).toBe(0x7c00);
    expect(f32ToF16(Number.NEGATIVE_INFINITY)).toBe(0xfc00);
  });
});

describe('bfloat16', () => {
  it('gives back all 65536 values', () => {
    const wrong: number[] = [];
    for (let bits = 0; bits < 65536; bits++) {
      const value = bf16ToF32(bits);
      const back = f32ToBf16(value);
      const same = Number.isNaN(value) ? Number.isNaN(bf16ToF32(back)) : back === bits;
      if (!same) wrong.push(bits);
    }
    expect(wrong).toEqual([]);
  });

  it('rounds ties to even', () => {
    expect(f32ToBf16(1 + 2 ** -8)).toBe(0x3f80);
    expect(f32ToBf16(1 + 3 * 2 ** -8)).toBe(0x3f82);
    expect(f32ToBf16(1 + 2 ** -8 + 2 ** -20)).toBe(0x3f81);
  });
});

describe('rounding', () => {
  it('sends ties to even or away from zero', () => {
    const ties = [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5];
    expect(ties.map((value) => roundTiesToEven(value) + 0)).toEqual([-2, -2, 0, 0, 2, 2]);
    expect(ties.map(roundTiesAway)).toEqual([-3, -2, -1, 1, 2, 3]);
    expect([0.49999999999999994, 2.4, 2.6].map(roundTiesAway)).toEqual([0, 2, 3]);
  });
});
