// storage/bf16: upper halves of binary32 values.
fn row_values(at: u32, c: u32) -> vec4u {
  let low = raw_word(at + 2u * c);
  let high = raw_word(at + 2u * c + 4u);
  return vec4u(low << 16u, low & 0xffff0000u, high << 16u, high & 0xffff0000u);
}
