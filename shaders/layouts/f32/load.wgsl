// layouts/f32: floats of one F32 cell of 4 columns.
const CELL_COLUMNS = 4u;
const CELL_PARTS = 1u; // vec4f per cell
const SPAN_PARTS = 1u; // vec4f that surely share a scale

// Columns 0..3 of the cell; i is 0.
fn cell_part(w: vec4u, i: u32) -> vec4f {
  return bitcast<vec4f>(w);
}
