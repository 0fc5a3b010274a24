// layouts/f16: floats of one F16 cell of 8 columns. Core WGSL: unpack2x16float needs no shader-f16.
const CELL_COLUMNS = 8u;
const CELL_PARTS = 2u; // vec4f per cell
const SPAN_PARTS = 2u; // vec4f that surely share a scale

// Columns 4i..4i+3 of the cell.
fn cell_part(w: vec4u, i: u32) -> vec4f {
  return vec4f(unpack2x16float(w[2u * i]), unpack2x16float(w[2u * i + 1u]));
}
