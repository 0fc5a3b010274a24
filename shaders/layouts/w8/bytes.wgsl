// layouts/w8: one W8 cell of 16 columns as int8, sixteen columns at a time, times 2^SPAN_SHIFT.
const CELL_COLUMNS = 16u;
const CELL_SPANS = 1u; // spans of 16 columns per cell
const SPAN_SHIFT = 0u;

// All columns of the cell, four per word; s is 0.
fn span_bytes(w: vec4u, s: u32) -> vec4u {
  return w;
}
