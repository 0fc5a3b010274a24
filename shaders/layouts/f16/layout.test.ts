import { describe, expect, test } from 'vitest';
import { F16_CELL_COLUMNS, f16RowBytes, float16Bits, packF16 } from './layout.ts';

// Value of a binary16 by its definition (IEEE 754-2019, 3.4).
function halfValue(bits: number): number {
  const sign = bits >= 0x8000 ? -1 : 1;
  const exponent = Math.floor(bits / 1024) % 32;
  const fraction = bits % 1024;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

describe('layout F16', () => {
  test('every half is its own nearest half', () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = halfValue(bits);
      if (Number.isNaN(value)) expect(float16Bits(value) & 0x7fff).toBe(0x7e00);
      else if (float16Bits(value) !== bits) expect.fail(`${bits}: ${float16Bits(value)}`);
    }
  });

  test('halfway between neighbours rounds to the even one, just beside it to the nearer one', () => {
    for (let bits = 0; bits < 0x7bff; bits++) {
      const middle = (halfValue(bits) + halfValue(bits + 1)) / 2; // exact in f32: one bit more than a half
      const even = bits % 2 === 0 ? bits : bits + 1;
      const step = 2 ** (Math.floor(Math.log2(middle)) - 23);
      const observed = [
        float16Bits(middle),
        float16Bits(-middle) - 0x8000,
        float16Bits(middle - step),
        float16Bits(middle + step),
      ];
      const expected = [even, even, bits, bits + 1];
      if (observed.join() !== expected.join()) expect.fail(`${bits}: ${observed}, expected ${expected}`);
    }
  });

  test('overflow becomes infinity from the rounding boundary on', () => {
    expect(float16Bits(65504)).toBe(0x7bff);
    expect(float16Bits(65519.99)).toBe(0x7bff);
    expect(float16Bits(65520)).toBe(0x7c00);
    expect(float16Bits(-1e30)).toBe(0xfc00);
    expect(float16Bits(Number.POSITIVE_INFINITY)).toBe(0x7c00);
  });

  test('underflow becomes a signed zero up to half of the smallest subnormal', () => {
    expect(float16Bits(2 ** -25)).toBe(0);
    expect(float16Bits(-(2 ** -25))).toBe(0x8000);
    expect(float16Bits(2 ** -25 * 1.001)).toBe(1);
    expect(float16Bits(-0)).toBe(0x8000);
  });

  test('the even column is the low half of its word', () => {
    const words = packF16(Float32Array.of(1, -2, 0.5, 65504));
    expect([...words]).toEqual([0xc0003c00, 0x7bff3800]);
    expect(f16RowBytes(F16_CELL_COLUMNS)).toBe(16);
  });
});
