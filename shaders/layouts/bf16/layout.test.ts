import { describe, expect, test } from 'vitest';
import { BF16_CELL_COLUMNS, bf16RowBytes, packBf16 } from './layout.ts';

describe('layout BF16', () => {
  test('keeps the upper half of every float, the even column in the low half', () => {
    // 1.0 is 3f80 0000, -2.5 is c020 0000, the largest bfloat16 is 7f7f 0000, the smallest subnormal 0001 0000.
    const values = Float32Array.of(1, -2.5, 255 * 2 ** 120, 2 ** -133);
    expect([...packBf16(values)]).toEqual([0xc0203f80, 0x00017f7f]);
  });

  test('reads a part of a longer array', () => {
    expect([...packBf16(Float32Array.of(7, 1, -2.5).subarray(1))]).toEqual([0xc0203f80]);
  });

  test('a cell has 16 bytes', () => {
    expect(bf16RowBytes(BF16_CELL_COLUMNS)).toBe(16);
  });
});
