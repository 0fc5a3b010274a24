// matvec-outlier/dot4-packed: dot product of four int8, by the packed dot product.
// Requires the language feature packed_4x8_integer_dot_product.
fn dot4(a: u32, b: u32) -> i32 {
  return dot4I8Packed(a, b);
}
