// storage/tq2-0: 2 x 32 bytes, each four runs of 32 columns from the low bits up, then the f16 scale.
fn block_codes(at: u32, column: u32) -> u32 {
  let word = raw_word(at + 32u * (column / 128u) + column % 32u) >> (2u * ((column / 32u) % 4u));
  return subtract_lanes(word & 0x03030303u, 0x01010101u);
}

fn group_scale(at: u32, group: u32) -> u32 {
  return half_bits(raw_half(at + 64u));
}
