// storage/i2-s: 32 bytes hold 128 columns, four runs of 32 from the high bits down; the scale lies elsewhere.
fn block_codes(at: u32, column: u32) -> u32 {
  let word = raw_word(at + column % 32u) >> (6u - 2u * (column / 32u));
  return subtract_lanes(word & 0x03030303u, 0x01010101u);
}

fn group_scale(at: u32, group: u32) -> u32 {
  return 0u;
}
