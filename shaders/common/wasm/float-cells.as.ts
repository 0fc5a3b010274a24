// Cells of every layout as f32, four columns at a time: the values of cell_part in shaders/layouts. A span is 16 columns of a
// row from column c, a multiple of 16; part i (0..3) of it are columns c + 4i .. c + 4i + 3.
// Codes arrive times 2^24, 2^28 or 2^30: a conversion of what stands at the top of an i32 needs no shift down. unitOf undoes it.
import { HALF_FACTOR, scaledHalves } from './half.as';

/** Layout F32: f32. */
export const F32: i32 = 0;
/** Layout F16: binary16. */
export const F16: i32 = 1;
/** Layout BF16: the upper halves of f32. */
export const BF16: i32 = 2;
/** Layout W8: int8. */
export const W8: i32 = 3;
/** Layout W4: codes of 4 bits. */
export const W4: i32 = 4;
/** Layout T2: ternary codes of 2 bits. */
export const T2: i32 = 5;
/** Layout B1: signs. */
export const B1: i32 = 6;

/** Bytes of k columns, a multiple of 16; of B1 of 32. */
export function bytesOfColumns(layout: i32, k: u32): usize {
  if (layout === F32) return <usize>k << 2;
  if (layout === F16 || layout === BF16) return <usize>k << 1;
  if (layout === W8) return k;
  if (layout === W4) return k >> 1;
  return layout === T2 ? k >> 2 : k >> 3;
}

/** What the values of spanPart must be multiplied with, a power of two. */
export function unitOf(layout: i32): f32 {
  if (layout === W8) return <f32>(1.0 / 16777216);
  if (layout === W4) return <f32>(1.0 / 268435456);
  return layout === T2 ? <f32>(1.0 / 1073741824) : <f32>1;
}

/** What part i of a span is made of; for codes the same of all parts. */
// @ts-ignore: decorator
@inline
export function spanBytes(layout: i32, row: usize, c: u32, i: i32): v128 {
  if (layout === F32) return v128.load(row + ((<usize>c + 4 * i) << 2));
  if (layout === F16) return scaledHalves(row + ((<usize>c + 4 * i) << 1));
  if (layout === BF16) return v128.load(row + ((<usize>c + 8 * (i >> 1)) << 1));
  if (layout === W8) return v128.load(row + c);
  if (layout === W4) return v128.load64_zero(row + (c >> 1));
  if (layout === T2) return v128.load32_zero(row + (c >> 2));
  // Two spans in a word: bits 0..3 of its bytes are the first, bits 4..7 the second.
  return i32x4.splat(load<u32>(row + ((c >> 5) << 2)) >> ((c & 16) >> 2));
}

/** Part i of a span from its spanBytes, divided by unitOf. Halves must be finite. */
// @ts-ignore: decorator
@inline
export function spanPart(layout: i32, bytes: v128, i: i32): v128 {
  if (layout === F32) return bytes;
  if (layout === F16) return f32x4.mul(bytes, f32x4.splat(HALF_FACTOR));
  if (layout === BF16) return upperHalves(bytes, i & 1);
  if (layout === W8) return f32x4.convert_i32x4_s(topBytes(bytes, i));
  if (layout === W4) {
    const top = topBytes(bytes, i >> 1); // the low nibble is the code of the even part
    return f32x4.convert_i32x4_s(
      (i & 1) === 0 ? i32x4.shl(top, 4) : v128.and(top, i32x4.splat(0xf0000000)),
    );
  }
  if (layout === T2) {
    const top = topBytes(bytes, 0);
    return f32x4.convert_i32x4_s(v128.and(i32x4.shl(top, 6 - 2 * i), i32x4.splat(0xc0000000)));
  }
  // -1, and its sign turned by a set bit.
  const sign = v128.and(i32x4.shl(topBytes(bytes, 0), 7 - i), i32x4.splat(0x80000000));
  return v128.xor(sign, f32x4.splat(-1));
}

/** Bytes 4 word .. 4 word + 3, each at the top of an i32 of its own. */
// @ts-ignore: decorator
@inline
function topBytes(v: v128, word: i32): v128 {
  if (word === 0) return i8x16.swizzle(v, i8x16(-1, -1, -1, 0, -1, -1, -1, 1, -1, -1, -1, 2, -1, -1, -1, 3));
  if (word === 1) return i8x16.swizzle(v, i8x16(-1, -1, -1, 4, -1, -1, -1, 5, -1, -1, -1, 6, -1, -1, -1, 7));
  if (word === 2) return i8x16.swizzle(v, i8x16(-1, -1, -1, 8, -1, -1, -1, 9, -1, -1, -1, 10, -1, -1, -1, 11));
  return i8x16.swizzle(v, i8x16(-1, -1, -1, 12, -1, -1, -1, 13, -1, -1, -1, 14, -1, -1, -1, 15));
}

/** Four of eight 16-bit values, the first or the last, each the upper half of an i32. */
// @ts-ignore: decorator
@inline
function upperHalves(v: v128, half: i32): v128 {
  const zero = i32x4.splat(0);
  return half === 0
    ? i16x8.shuffle(zero, v, 0, 8, 1, 9, 2, 10, 3, 11)
    : i16x8.shuffle(zero, v, 4, 12, 5, 13, 6, 14, 7, 15);
}
