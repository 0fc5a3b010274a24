// Rounding of f32 to int8, as every quantiser of the engine does it: to nearest, ties to even.

/** Sixteen codes of four vectors, which already lie within -128..127 after rounding (else they saturate). */
// @ts-ignore: decorator
@inline
export function roundToInt8(a: v128, b: v128, c: v128, d: v128): v128 {
  return i8x16.narrow_i16x8_s(
    i16x8.narrow_i32x4_s(
      i32x4.trunc_sat_f32x4_s(f32x4.nearest(a)),
      i32x4.trunc_sat_f32x4_s(f32x4.nearest(b)),
    ),
    i16x8.narrow_i32x4_s(
      i32x4.trunc_sat_f32x4_s(f32x4.nearest(c)),
      i32x4.trunc_sat_f32x4_s(f32x4.nearest(d)),
    ),
  );
}
