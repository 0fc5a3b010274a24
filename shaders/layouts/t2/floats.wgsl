// layouts/t2: floats (-1, 0 or 1) of one T2 cell of 64 columns, before the scale.
const CELL_COLUMNS = 64u;
const CELL_PARTS = 16u; // vec4f per cell
const SPAN_PARTS = 4u; // vec4f that surely share a scale: 16 columns

// Columns 4i..4i+3 of the cell.
fn cell_part(w: vec4u, i: u32) -> vec4f {
  let field = w[i / 4u] << (6u - 2u * (i % 4u)); // the codes are now the two top bits of each byte
  let v = bitcast<vec4i>(vec4u(field << 24u, field << 16u, field << 8u, field));
  return vec4f(v >> vec4u(30u));
}
