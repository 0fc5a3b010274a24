// layouts/t2: integer dot product of one T2 cell with 64 int8 activations, by dot4I8Packed.
// A code in the two top bits of a byte is 64 times its value as an int8: shift and AND unpack four codes.
// Bound: 64 * 128 * K < 2^31 for K < 262144. Requires the language feature packed_4x8_integer_dot_product.
const DOT_SHIFT = 6u; // dot_cell returns the sum times 2^DOT_SHIFT

fn dot_fields(f0: u32, f1: u32, f2: u32, f3: u32, x: vec4u) -> i32 {
  return dot4I8Packed(f0, x.x) + dot4I8Packed(f1, x.y) + dot4I8Packed(f2, x.z) + dot4I8Packed(f3, x.w);
}

fn dot_cell(w: vec4u, x0: vec4u, x1: vec4u, x2: vec4u, x3: vec4u) -> i32 {
  let mask = vec4u(0xC0C0C0C0u);
  let f0 = (w << vec4u(6u)) & mask;
  let f1 = (w << vec4u(4u)) & mask;
  let f2 = (w << vec4u(2u)) & mask;
  let f3 = w & mask;
  return dot_fields(f0.x, f1.x, f2.x, f3.x, x0) + dot_fields(f0.y, f1.y, f2.y, f3.y, x1)
    + dot_fields(f0.z, f1.z, f2.z, f3.z, x2) + dot_fields(f0.w, f1.w, f2.w, f3.w, x3);
}
