// layouts/bf16: floats of one BF16 cell of 8 columns.
const CELL_COLUMNS = 8u;
const CELL_PARTS = 2u; // vec4f per cell
const SPAN_PARTS = 2u; // vec4f that surely share a scale

// Columns 4i..4i+3 of the cell.
fn cell_part(w: vec4u, i: u32) -> vec4f {
  let pair = vec2u(w[2u * i], w[2u * i + 1u]);
  return bitcast<vec4f>(vec4u(pair.x << 16u, pair.x & 0xffff0000u, pair.y << 16u, pair.y & 0xffff0000u));
}
