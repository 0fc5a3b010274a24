// b1/pack: one B1 cell of 128 columns from codes, four at a time.
const CELL_COLUMNS = 128u;

fn pack_word(at: u32, c: u32) -> u32 {
  var word = 0u;
  for (var f = 0u; f < 8u; f++) {
    word |= ((~checked_codes(at, c + 4u * f) >> 7u) & 0x01010101u) << f;
  }
  return word;
}

fn pack_cell(at: u32, c: u32) -> vec4u {
  return vec4u(pack_word(at, c), pack_word(at, c + 32u), pack_word(at, c + 64u), pack_word(at, c + 96u));
}
