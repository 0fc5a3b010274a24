// storage/q8-0: the f16 scale, then 32 i8 codes.
fn block_codes(at: u32, column: u32) -> u32 {
  return raw_word(at + 2u + column);
}

fn group_scale(at: u32, group: u32) -> u32 {
  return half_bits(raw_half(at));
}
