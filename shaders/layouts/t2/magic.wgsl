// layouts/t2: floats (-1, 0 or 1) of one T2 cell of 64 columns, before the scale, by magic-fields.
const CELL_COLUMNS = 64u;
const CELL_PARTS = 16u; // vec4f per cell
const SPAN_PARTS = 4u; // vec4f that surely share a scale: 16 columns

// Columns 4i..4i+3 of the cell: code + 2, less 2.
fn cell_part(w: vec4u, i: u32) -> vec4f {
  return magic_fields((w[i / 4u] ^ 0xAAAAAAAAu) >> (2u * (i % 4u)), 3u, 2.0);
}
