// product/dot-core: dot product of sixteen int8, four per word, with core WGSL only; joined with common/int8.
fn dot16(a: vec4u, b: vec4u) -> i32 {
  let products = unpack_int8(a.x) * unpack_int8(b.x) + unpack_int8(a.y) * unpack_int8(b.y)
    + unpack_int8(a.z) * unpack_int8(b.z) + unpack_int8(a.w) * unpack_int8(b.w);
  return products.x + products.y + products.z + products.w;
}
