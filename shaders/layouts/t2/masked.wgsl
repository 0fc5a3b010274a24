// layouts/t2: integer dot product of one T2 cell with 64 int8 activations, by dot4I8Packed without shifts of codes.
// Codes of fields 0..2 become t + 2 by one XOR and stay where they are in their bytes, times 1, 4 and 16; the signed top
// field is 64 t. The sums are shifted instead, exactly; 2 for each activation of fields 0..2 is taken off again. That
// part is the same for all rows that meet a cell. Requires packed_4x8_integer_dot_product.
const DOT_SHIFT = 0u; // dot_cell returns the sum times 2^DOT_SHIFT

fn dot_words(w: vec4u, x_0: u32, x_1: u32, x_2: u32, x_3: u32) -> i32 {
  return dot4I8Packed(w.x, x_0) + dot4I8Packed(w.y, x_1) + dot4I8Packed(w.z, x_2) + dot4I8Packed(w.w, x_3);
}

fn dot_cell(w: vec4u, x0: vec4u, x1: vec4u, x2: vec4u, x3: vec4u) -> i32 {
  let biased = w ^ vec4u(0x2A2A2A2Au);
  let s0 = dot_words(biased & vec4u(0x03030303u), x0.x, x1.x, x2.x, x3.x);
  let s1 = dot_words(biased & vec4u(0x0C0C0C0Cu), x0.y, x1.y, x2.y, x3.y);
  let s2 = dot_words(biased & vec4u(0x30303030u), x0.z, x1.z, x2.z, x3.z);
  let s3 = dot_words(biased & vec4u(0xC0C0C0C0u), x0.w, x1.w, x2.w, x3.w);
  let twos = vec4u(0x02020202u);
  let bias = dot_words(twos, x0.x, x1.x, x2.x, x3.x) + dot_words(twos, x0.y, x1.y, x2.y, x3.y)
    + dot_words(twos, x0.z, x1.z, x2.z, x3.z);
  return s0 + (s1 >> 2u) + (s2 >> 4u) + (s3 >> 6u) - bias;
}
