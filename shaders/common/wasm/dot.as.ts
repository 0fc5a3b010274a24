// Products of int8 activations and small unsigned codes, sixteen at a time.

/**
 * Sums of two neighbouring products each, i16x8.
 * @param q sixteen int8
 * @param codes sixteen values of 0..3: with relaxed SIMD the second operand must have seven bits, and no sum may pass 15
 */
// @ts-ignore: decorator
@inline
export function dotCodes(q: v128, codes: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i16x8.relaxed_dot_i8x16_i7x16_s(q, codes);
  // The pairs are others (i and i + 8), their total is the same.
  return i16x8.add(i16x8.extmul_low_i8x16_s(q, codes), i16x8.extmul_high_i8x16_s(q, codes));
}
