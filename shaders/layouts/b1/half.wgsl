// layouts/b1: floats (+1 or -1) of one B1 cell of 128 columns, before the scale, two at a time in 16-bit floats.
// As in layouts/t2/half.
enable f16;
const CELL_COLUMNS = 128u;
const CELL_PARTS = 32u; // vec4f per cell
const SPAN_PARTS = 4u; // vec4f that surely share a scale: 16 columns

fn half_pair(fields: u32) -> vec2f {
  return vec2f(bitcast<vec2h>((fields & 0x00020002u) | 0x64006400u) - vec2h(1025.0h));
}

// Columns 4i..4i+3 of the cell: 2 or 0, less 1. Bytes 0 and 2 make one pair, 1 and 3 the other.
fn cell_part(w: vec4u, i: u32) -> vec4f {
  let field = w[i / 8u] >> (i % 8u);
  let even = half_pair(field << 1u);
  let odd = half_pair(field >> 7u);
  return vec4f(even.x, odd.x, even.y, odd.y);
}
