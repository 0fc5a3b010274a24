// layouts/b1: one B1 cell of 128 columns as int8, sixteen columns at a time, times 2^SPAN_SHIFT.
const CELL_COLUMNS = 128u;
const CELL_SPANS = 8u; // spans of 16 columns per cell
const SPAN_SHIFT = 0u;

// Columns 16s..16s+15 of the cell, four per word. A byte of 1 becomes ~254 = 1, a byte of 0 becomes ~0 = -1.
fn span_bytes(w: vec4u, s: u32) -> vec4u {
  let half = w[s / 2u] >> (4u * (s % 2u));
  return ~(((vec4u(half) >> vec4u(0u, 1u, 2u, 3u)) & vec4u(0x01010101u)) * 254u);
}
