// layouts/t2: floats (-1, 0 or 1) of one T2 cell of 64 columns, before the scale, two at a time in 16-bit floats.
// Two fields lie in the mantissas of two halves of 1024; the subtraction is exact. Activations stay f32: what is computed
// is what the other parts compute. For GPUs that emulate packed dot products and convert integers slowly, such as Apple's.
enable f16;
const CELL_COLUMNS = 64u;
const CELL_PARTS = 16u; // vec4f per cell
const SPAN_PARTS = 4u; // vec4f that surely share a scale: 16 columns

fn half_pair(fields: u32) -> vec2f {
  return vec2f(bitcast<vec2h>((fields & 0x00030003u) | 0x64006400u) - vec2h(1026.0h));
}

// Columns 4i..4i+3 of the cell: code + 2, less 2. Bytes 0 and 2 make one pair, 1 and 3 the other.
fn cell_part(w: vec4u, i: u32) -> vec4f {
  let field = (w[i / 4u] ^ 0xAAAAAAAAu) >> (2u * (i % 4u));
  let even = half_pair(field);
  let odd = half_pair(field >> 8u);
  return vec4f(even.x, odd.x, even.y, odd.y);
}
