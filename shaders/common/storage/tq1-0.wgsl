// storage/tq1-0: base-3 digits in runs of 32, 16 and 4 bytes for 160, 80 and 16 columns, then the f16 scale.
fn block_codes(at: u32, column: u32) -> u32 {
  if (column < 160u) {
    return base3_codes(raw_word(at + column % 32u), column / 32u);
  }
  if (column < 240u) {
    let rest = column - 160u;
    return base3_codes(raw_word(at + 32u + rest % 16u), rest / 16u);
  }
  return base3_codes(raw_word(at + 48u), (column - 240u) / 4u);
}

fn group_scale(at: u32, group: u32) -> u32 {
  return half_bits(raw_half(at + 52u));
}
