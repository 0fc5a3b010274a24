// layouts/b1: floats (+1 or -1) of one B1 cell of 128 columns, before the scale.
const CELL_COLUMNS = 128u;
const CELL_PARTS = 32u; // vec4f per cell
const SPAN_PARTS = 4u; // vec4f that surely share a scale: 16 columns

// Columns 4i..4i+3 of the cell.
fn cell_part(w: vec4u, i: u32) -> vec4f {
  let field = w[i / 8u] >> (i % 8u);
  let bits = vec4u(field, field >> 8u, field >> 16u, field >> 24u) & vec4u(1u);
  return vec4f(bits) * 2.0 - vec4f(1.0);
}
