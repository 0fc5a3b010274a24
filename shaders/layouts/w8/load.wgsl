// layouts/w8: floats of one W8 cell of 16 columns, before the scale.
const CELL_COLUMNS = 16u;
const CELL_PARTS = 4u; // vec4f per cell
const SPAN_PARTS = 4u; // vec4f that surely share a scale

// Columns 4i..4i+3 of the cell.
fn cell_part(w: vec4u, i: u32) -> vec4f {
  let v = bitcast<vec4i>(vec4u(w[i] << 24u, w[i] << 16u, w[i] << 8u, w[i]));
  return vec4f(v >> vec4u(24u));
}
