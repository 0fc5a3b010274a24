// binary16 by integer arithmetic.

/** What values of scaledHalves lack: 2^112. */
export const HALF_FACTOR: f32 = <f32>5.192296858534828e33;

/**
 * Loads four binary16 as f32 times 2^-112: the bits at their places in f32, whose exponent is counted from 127 and not
 * from 15. Exact for subnormals too. No infinities or NaN.
 */
// @ts-ignore: decorator
@inline
export function scaledHalves(at: usize): v128 {
  return v128.and(i32x4.shl(v128.load16x4_s(at), 13), i32x4.splat(0x8fffe000));
}

/**
 * The nearest binary16 of four f32, ties to even, in the low halves of i32x4; the upper halves are zero. Beyond 65504 it is
 * 65504. After F. Giesen, "float->half variants" (2012).
 */
// @ts-ignore: decorator
@inline
export function nearestHalves(v: v128): v128 {
  const sign = v128.and(v, i32x4.splat(0x80000000));
  const magnitude = f32x4.pmin(f32x4.splat(65504), v128.xor(v, sign));
  // Normal: the exponent counted anew, half of the last place less one added, and one more where the last bit is odd.
  const odd = v128.and(i32x4.shr_u(magnitude, 13), i32x4.splat(1));
  const rounded = i32x4.add(i32x4.add(magnitude, i32x4.splat(0xc8000fff)), odd);
  // Subnormal: beside 0.5 the last place of f32 is that of a subnormal binary16, and the addition rounds.
  const half = f32x4.splat(0.5);
  const small = i32x4.sub(f32x4.add(magnitude, half), half);
  const isSmall = i32x4.lt_s(magnitude, i32x4.splat(0x38800000));
  return v128.or(v128.bitselect(small, i32x4.shr_u(rounded, 13), isSmall), i32x4.shr_u(sign, 16));
}
