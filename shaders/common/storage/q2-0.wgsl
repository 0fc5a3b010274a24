// storage/q2-0: the f16 scale, then two-bit codes from the low end, four per byte; any block size.
fn block_codes(at: u32, column: u32) -> u32 {
  let packed = raw_byte(at + 2u + column / 4u);
  let lanes = (packed | (packed << 6u) | (packed << 12u) | (packed << 18u)) & 0x03030303u;
  return subtract_lanes(lanes, 0x01010101u);
}

fn group_scale(at: u32, group: u32) -> u32 {
  return half_bits(raw_half(at));
}
