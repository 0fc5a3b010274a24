// Layout T2 as vectors: a cell of 16 bytes holds 64 codes, and bits 2s, 2s + 1 of byte 4j + b the code of column 16j + 4s + b
// (shaders/layouts/t2). So one shift gives sixteen codes, of columns that are not neighbours.
import { dotCodes } from './dot.as';
import { sumI32 } from './lanes.as';
import { transposeWords } from './transpose.as';

/**
 * Writes k int8 in the order in which shifts of T2 cells meet them: [k/64][s 0..3][j 0..3][b 0..3].
 * @returns their sum
 */
export function arrangeForT2(q: usize, k: u32, arranged: usize): i32 {
  let sums = i32x4.splat(0);
  for (let c: u32 = 0; c < k; c += 64) {
    transposeWords(q + c, 16, arranged + c, 16);
    const pairs = i16x8.add(
      i16x8.add(pairsOf(q + c), pairsOf(q + c + 16)),
      i16x8.add(pairsOf(q + c + 32), pairsOf(q + c + 48)),
    );
    sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_s(pairs));
  }
  return sumI32(sums);
}

// @ts-ignore: decorator
@inline
function pairsOf(q: usize): v128 {
  return i16x8.extadd_pairwise_i8x16_s(v128.load(q));
}

/** What t2Cell adds to every code. */
export const T2_BIAS: i32 = 2;

/** Columns after which sums of dotT2 must leave 16 bits: a lane grows by at most 8 * 3 * 128 = 3,072 per cell. */
export const T2_RUN_COLUMNS: u32 = 640;

/** Loads a cell with the codes, two bits of two's complement each, plus T2_BIAS: 0..3. */
// @ts-ignore: decorator
@inline
export function t2Cell(at: usize): v128 {
  return v128.xor(v128.load(at), i32x4.splat(0xaaaaaaaa));
}

/** Codes s of a cell, one per byte. */
// @ts-ignore: decorator
@inline
export function t2Codes(cell: v128, s: i32): v128 {
  return v128.and(s === 0 ? cell : i16x8.shr_u(cell, 2 * s), i8x16.splat(3));
}

/** Sums i16x8 of the products of a cell's biased codes with 64 arranged int8. */
// @ts-ignore: decorator
@inline
export function dotT2(cell: v128, a0: v128, a1: v128, a2: v128, a3: v128): v128 {
  return i16x8.add(
    i16x8.add(dotCodes(a0, t2Codes(cell, 0)), dotCodes(a1, t2Codes(cell, 1))),
    i16x8.add(dotCodes(a2, t2Codes(cell, 2)), dotCodes(a3, t2Codes(cell, 3))),
  );
}
