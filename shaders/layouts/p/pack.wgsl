// p/pack: one P cell of 64 columns from codes, four at a time.
const CELL_COLUMNS = 64u;

// (plus, minus) of 32 columns. The product moves bit 0 of byte i to bit 24 + i.
fn pack_planes(at: u32, c: u32) -> vec2u {
  var planes = vec2u(0u);
  for (var f = 0u; f < 8u; f++) {
    let codes = checked_codes(at, c + 4u * f);
    let minus = (codes >> 7u) & 0x01010101u;
    let plus = codes & ~minus & 0x01010101u;
    planes |= ((vec2u(plus, minus) * 0x01020408u) >> vec2u(24u)) << vec2u(4u * f);
  }
  return planes;
}

fn pack_cell(at: u32, c: u32) -> vec4u {
  return vec4u(pack_planes(at, c), pack_planes(at, c + 32u));
}
