// product/dot-packed: dot product of sixteen int8, four per word, by packed dot products.
// Requires the language feature packed_4x8_integer_dot_product.
fn dot16(a: vec4u, b: vec4u) -> i32 {
  return dot4I8Packed(a.x, b.x) + dot4I8Packed(a.y, b.y) + dot4I8Packed(a.z, b.z) + dot4I8Packed(a.w, b.w);
}
