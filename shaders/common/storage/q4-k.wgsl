// storage/q4-k: f16 d and dmin, eight 6-bit scales and minima, then nibbles: two groups of 32 per 32 bytes.
fn block_codes(at: u32, column: u32) -> u32 {
  let word = raw_word(at + 16u + 32u * (column / 64u) + column % 32u) >> (4u * ((column / 32u) % 2u));
  return subtract_lanes(word & 0x0f0f0f0fu, 0x08080808u);
}

// Six bits of a group: its scale (kind 0) or its minimum (kind 1).
fn group_bits(at: u32, group: u32, kind: u32) -> u32 {
  let packed = at + 4u;
  if (group < 4u) {
    return raw_byte(packed + 4u * kind + group) & 63u;
  }
  let high = raw_byte(packed + 4u * kind + group - 4u) >> 6u;
  return ((raw_byte(packed + 4u + group) >> (4u * kind)) & 15u) | (high << 4u);
}

// d times six bits: at most 17 significant bits, so exact; never subnormal in f32.
fn group_scale(at: u32, group: u32) -> u32 {
  let d = bitcast<f32>(half_bits(raw_half(at)));
  return bitcast<u32>(d * f32(group_bits(at, group, 0u)));
}

// Of the codes less 8: 8 * scale - dmin * minimum; both products are exact, the difference is rounded once.
fn group_minimum(at: u32, group: u32) -> u32 {
  let dmin = bitcast<f32>(half_bits(raw_half(at + 2u)));
  let offset = dmin * f32(group_bits(at, group, 1u));
  return bitcast<u32>(8.0 * bitcast<f32>(group_scale(at, group)) - offset);
}
