// What the encoders of ternary blocks share: scale = max|x| of the block, code = x / scale rounded.

/**
 * Codes of one block. The scale's reciprocal is formed in f32 before the scale is rounded to f16, as ggml does.
 * @param codes receives codes.length codes of values[first, first + codes.length)
 * @returns the scale max|x|, not yet rounded; all codes are 0 when it is 0
 */
export function quantizeTernaryBlock(values: Float32Array, first: number, codes: Int8Array): number {
  let largest = 0;
  for (let index = 0; index < codes.length; index++) {
    largest = Math.max(largest, Math.abs(values[first + index]));
  }
  const inverse = largest === 0 ? 0 : Math.fround(1 / largest);
  for (let index = 0; index < codes.length; index++) {
    // At most 1 in magnitude, so rounding (ties away from zero) is two comparisons.
    const scaled = Math.fround(values[first + index] * inverse);
    codes[index] = Number(scaled >= 0.5) - Number(scaled <= -0.5);
  }
  return largest;
}
