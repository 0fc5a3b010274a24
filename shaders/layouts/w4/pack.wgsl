// w4/pack: one W4 cell of 32 columns from codes, four at a time.
const CELL_COLUMNS = 32u;

fn pack_word(at: u32, c: u32) -> u32 {
  return (checked_codes(at, c) & 0x0f0f0f0fu) | ((checked_codes(at, c + 4u) & 0x0f0f0f0fu) << 4u);
}

fn pack_cell(at: u32, c: u32) -> vec4u {
  return vec4u(pack_word(at, c), pack_word(at, c + 8u), pack_word(at, c + 16u), pack_word(at, c + 24u));
}
