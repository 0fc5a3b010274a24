// layouts/w4: floats of one W4 cell of 32 columns, before the scale, by magic-fields.
const CELL_COLUMNS = 32u;
const CELL_PARTS = 8u; // vec4f per cell
const SPAN_PARTS = 4u; // vec4f that surely share a scale: 16 columns

// Columns 4i..4i+3 of the cell: code + 8, less 8.
fn cell_part(w: vec4u, i: u32) -> vec4f {
  return magic_fields((w[i / 2u] ^ 0x88888888u) >> (4u * (i % 2u)), 15u, 8.0);
}
