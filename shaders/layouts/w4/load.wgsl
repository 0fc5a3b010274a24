// layouts/w4: floats of one W4 cell of 32 columns, before the scale.
const CELL_COLUMNS = 32u;
const CELL_PARTS = 8u; // vec4f per cell
const SPAN_PARTS = 4u; // vec4f that surely share a scale: 16 columns

// Columns 4i..4i+3 of the cell.
fn cell_part(w: vec4u, i: u32) -> vec4f {
  let field = w[i / 2u] << (4u - 4u * (i % 2u)); // the codes are now the top nibbles of the bytes
  let v = bitcast<vec4i>(vec4u(field << 24u, field << 16u, field << 8u, field));
  return vec4f(v >> vec4u(28u));
}
