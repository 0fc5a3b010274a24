// storage/q1-0: the f16 scale, then sign bits from the low end of each byte; a set bit is +1.
fn block_codes(at: u32, column: u32) -> u32 {
  let bits = (raw_byte(at + 2u + column / 8u) >> (column % 8u)) & 15u;
  let lanes = (bits * 0x00204081u) & 0x01010101u; // bit i into byte i
  return subtract_lanes(lanes * 2u, 0x01010101u);
}

fn group_scale(at: u32, group: u32) -> u32 {
  return half_bits(raw_half(at));
}
