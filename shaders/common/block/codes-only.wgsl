// block/codes-only: a product of codes with nothing beside them; joined with block/cell and a dot_codes.
fn dot_matrix(rows: vec2u, member: u32, lanes: u32, index: u32, size: u32) -> vec2f {
  return dot_codes(rows, member, lanes, index, size);
}

// What the sum of a row over the members is still to be multiplied by, besides the norm's factor.
fn late_factor(row: u32) -> f32 {
  return row_factor(row);
}
