// layouts/w4: one W4 cell of 32 columns as int8, sixteen columns at a time, times 2^SPAN_SHIFT.
const CELL_COLUMNS = 32u;
const CELL_SPANS = 2u; // spans of 16 columns per cell
const SPAN_SHIFT = 4u;

// Columns 16s..16s+15 of the cell, four per word.
fn span_bytes(w: vec4u, s: u32) -> vec4u {
  let even = w[2u * s];
  let odd = w[2u * s + 1u];
  return vec4u(even << 4u, even, odd << 4u, odd) & vec4u(0xF0F0F0F0u);
}
