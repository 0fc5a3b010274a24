// layouts/magic-fields: four small unsigned fields of a word, one at the bottom of each byte, as floats less a bias.
// Bits put into the mantissa of 2^23 are an integer added to it; one multiplication by a power of two and one subtraction
// leave the field, exactly. For GPUs that convert integers at a fraction of their other rates. Core WGSL only.
fn magic_fields(word: u32, mask: u32, bias: f32) -> vec4f {
  let in_place = vec4u(word, word, word, word >> 8u) & (vec4u(mask) << vec4u(0u, 8u, 16u, 16u));
  let v = bitcast<vec4f>(in_place | vec4u(0x4B000000u)); // 2^23 + field * 2^(0, 8, 16, 16)
  return fma(v, vec4f(1.0, 0x1p-8, 0x1p-16, 0x1p-16), vec4f(-0x1p23, -0x1p15, -0x1p7, -0x1p7) - vec4f(bias));
}
