// t2/pack: one T2 cell of 64 columns from codes, four at a time.
const CELL_COLUMNS = 64u;

fn pack_word(at: u32, c: u32) -> u32 {
  var word = 0u;
  for (var f = 0u; f < 4u; f++) {
    word |= (checked_codes(at, c + 4u * f) & 0x03030303u) << (2u * f);
  }
  return word;
}

fn pack_cell(at: u32, c: u32) -> vec4u {
  return vec4u(pack_word(at, c), pack_word(at, c + 16u), pack_word(at, c + 32u), pack_word(at, c + 48u));
}
