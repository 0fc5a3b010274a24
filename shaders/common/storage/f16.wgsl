// storage/f16: IEEE binary16 values.
fn row_values(at: u32, c: u32) -> vec4u {
  let low = raw_word(at + 2u * c);
  let high = raw_word(at + 2u * c + 4u);
  return vec4u(
    half_bits(low & 0xffffu), half_bits(low >> 16u), half_bits(high & 0xffffu), half_bits(high >> 16u)
  );
}
