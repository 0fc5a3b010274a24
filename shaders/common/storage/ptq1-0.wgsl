// storage/ptq1-0: base-3 digits in runs of 16, 8 and 2 bytes for 80, 40 and 8 columns, then the f16 scale.
fn block_codes(at: u32, column: u32) -> u32 {
  if (column < 80u) {
    return base3_codes(raw_word(at + column % 16u), column / 16u);
  }
  if (column < 120u) {
    let rest = column - 80u;
    return base3_codes(raw_word(at + 16u + rest % 8u), rest / 8u);
  }
  // Two bytes: each digit gives two columns.
  let n = (column - 120u) / 2u;
  let pair = raw_half(at + 24u);
  return (base3_codes(pair, n) & 0xffffu) | (base3_codes(pair, n + 1u) << 16u);
}

fn group_scale(at: u32, group: u32) -> u32 {
  return half_bits(raw_half(at + 26u));
}
