// layouts/t2: one T2 cell of 64 columns as int8, sixteen columns at a time, times 2^SPAN_SHIFT.
const CELL_COLUMNS = 64u;
const CELL_SPANS = 4u; // spans of 16 columns per cell
const SPAN_SHIFT = 6u;

// Columns 16s..16s+15 of the cell, four per word.
fn span_bytes(w: vec4u, s: u32) -> vec4u {
  return (vec4u(w[s]) << vec4u(6u, 4u, 2u, 0u)) & vec4u(0xC0C0C0C0u);
}
