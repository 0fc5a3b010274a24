// Activations that are f32 (block is 0), or int8 codes with one scale per block of columns.

/** x[t, column] as f32. */
export function activationAt(x: usize, xScale: usize, k: u32, block: u32, t: u32, column: u32): f32 {
  const at = <usize>t * k + column;
  if (block === 0) return load<f32>(x + (at << 2));
  return <f32>load<i8>(x + at) * load<f32>(xScale + ((at / block) << 2));
}

/** Writes x[t, 0..k) as f32. */
export function expandRow(x: usize, xScale: usize, k: u32, block: u32, t: u32, to: usize): void {
  const first = <usize>t * k;
  if (block === 0) {
    memory.copy(to, x + (first << 2), <usize>k << 2);
    return;
  }
  for (let c: u32 = 0; c < k; c += 4) {
    // Blocks are multiples of 4.
    const codes = i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load32_zero(x + first + c)));
    const scale = v128.load32_splat(xScale + (((first + c) / block) << 2));
    v128.store(to + (c << 2), f32x4.mul(f32x4.convert_i32x4_s(codes), scale));
  }
}
