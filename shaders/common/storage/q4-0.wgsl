// storage/q4-0: the f16 scale, then 16 bytes: low nibbles for columns 0 to 15, high nibbles for the rest.
fn block_codes(at: u32, column: u32) -> u32 {
  let word = raw_word(at + 2u + column % 16u) >> (4u * (column / 16u));
  return subtract_lanes(word & 0x0f0f0f0fu, 0x08080808u);
}

fn group_scale(at: u32, group: u32) -> u32 {
  return half_bits(raw_half(at));
}
