// storage/q6-k: low nibbles, high bit pairs, 16 i8 scales for groups of 16, f16 d; two halves of 128 columns.
fn block_codes(at: u32, column: u32) -> u32 {
  let half = column / 128u;
  let run = (column / 32u) % 4u;
  let low = raw_word(at + 64u * half + 32u * (run % 2u) + column % 32u) >> (4u * (run / 2u));
  let high = raw_word(at + 128u + 32u * half + column % 32u) >> (2u * run);
  let lanes = (low & 0x0f0f0f0fu) | ((high & 0x03030303u) << 4u);
  return subtract_lanes(lanes, 0x20202020u);
}

// d times i8: at most 19 significant bits, so exact; never subnormal in f32.
fn group_scale(at: u32, group: u32) -> u32 {
  let d = bitcast<f32>(half_bits(raw_half(at + 208u)));
  let scale = bitcast<i32>(raw_byte(at + 192u + group) << 24u) >> 24u;
  return bitcast<u32>(d * f32(scale));
}
