// product/int8: four int8 in a u32, lowest byte first, with core WGSL only.
fn pack_int8(v: vec4i) -> u32 {
  let c = vec4u(clamp(v, vec4i(-128), vec4i(127))) & vec4u(0xffu);
  return c.x | (c.y << 8u) | (c.z << 16u) | (c.w << 24u);
}

fn unpack_int8(word: u32) -> vec4i {
  let w = bitcast<i32>(word);
  return vec4i((w << 24u) >> 24u, (w << 16u) >> 24u, (w << 8u) >> 24u, w >> 24u);
}
