// matvec-outlier/dot4-core: dot product of four int8 with core WGSL only; joined with common/int8.
fn dot4(a: u32, b: u32) -> i32 {
  let products = unpack_int8(a) * unpack_int8(b);
  return products.x + products.y + products.z + products.w;
}
