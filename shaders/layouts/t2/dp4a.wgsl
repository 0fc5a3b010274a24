// layouts/t2: integer dot product of one T2 cell with 64 int8 activations, by dot4I8Packed.
// A code in the two top bits of a byte is 64 times its value as an int8, so a shift and an AND unpack four codes.
// Bound: 64 * 128 * K < 2^31 for K < 262144. Requires the language feature packed_4x8_integer_dot_product.
const DOT_SHIFT = 6u; // dot_cell returns the sum times 2^DOT_SHIFT

fn dot_cell(w: vec4u, x0: vec4u, x1: vec4u, x2: vec4u, x3: vec4u) -> i32 {
  let mask = vec4u(0xC0C0C0C0u);
  let f0 = (w << vec4u(6u)) & mask;
  let f1 = (w << vec4u(4u)) & mask;
  let f2 = (w << vec4u(2u)) & mask;
  let f3 = w & mask;
  return dot4I8Packed(f0.x, x0.x) + dot4I8Packed(f1.x, x0.y) + dot4I8Packed(f2.x, x0.z) + dot4I8Packed(f3.x, x0.w)
    + dot4I8Packed(f0.y, x1.x) + dot4I8Packed(f1.y, x1.y) + dot4I8Packed(f2.y, x1.z) + dot4I8Packed(f3.y, x1.w)
    + dot4I8Packed(f0.z, x2.x) + dot4I8Packed(f1.z, x2.y) + dot4I8Packed(f2.z, x2.z) + dot4I8Packed(f3.z, x2.w)
    + dot4I8Packed(f0.w, x3.x) + dot4I8Packed(f1.w, x3.y) + dot4I8Packed(f2.w, x3.z) + dot4I8Packed(f3.w, x3.w);
}
