// layouts/w8: floats of one W8 cell of 16 columns, before the scale, by the mantissa of 2^23 as in magic-fields.
// Bytes do not fit it at bit 16, so two of them are shifted.
const CELL_COLUMNS = 16u;
const CELL_PARTS = 4u; // vec4f per cell
const SPAN_PARTS = 4u; // vec4f that surely share a scale: 16 columns

// Columns 4i..4i+3 of the cell: code + 128, less 128.
fn cell_part(w: vec4u, i: u32) -> vec4f {
  let biased = w[i] ^ 0x80808080u;
  let in_place = vec4u(biased, biased, biased >> 16u, biased >> 16u) & vec4u(0xFFu, 0xFF00u, 0xFFu, 0xFF00u);
  let v = bitcast<vec4f>(in_place | vec4u(0x4B000000u)); // 2^23 + field * 2^(0, 8, 0, 8)
  let offset = vec4f(-0x1p23, -0x1p15, -0x1p23, -0x1p15) - vec4f(128.0);
  return fma(v, vec4f(1.0, 0x1p-8, 1.0, 0x1p-8), offset);
}
