// w8/pack: one W8 cell of 16 columns from codes, four at a time.
const CELL_COLUMNS = 16u;

fn pack_cell(at: u32, c: u32) -> vec4u {
  return vec4u(
    checked_codes(at, c), checked_codes(at, c + 4u), checked_codes(at, c + 8u), checked_codes(at, c + 12u)
  );
}
