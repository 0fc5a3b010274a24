// layouts/b1: floats (+1 or -1) of one B1 cell of 128 columns, before the scale, by magic-fields.
const CELL_COLUMNS = 128u;
const CELL_PARTS = 32u; // vec4f per cell
const SPAN_PARTS = 4u; // vec4f that surely share a scale: 16 columns

// Columns 4i..4i+3 of the cell: 2 or 0, less 1: 2^23 + 1 is still an f32.
fn cell_part(w: vec4u, i: u32) -> vec4f {
  let bits = (w[i / 8u] >> (i % 8u)) & 0x01010101u;
  return magic_fields(bits << 1u, 2u, 1.0);
}
