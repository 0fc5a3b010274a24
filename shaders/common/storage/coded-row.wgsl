// storage/coded-row: a row of blocks as codes, scales and values.

// Columns c..c+3 (c a multiple of 4) of the row at byte `at`, four i8.
fn row_codes(at: u32, c: u32) -> u32 {
  return block_codes(at + (c / BLOCK_COLUMNS) * BLOCK_BYTES, c % BLOCK_COLUMNS);
}

// Bits of the f32 scale of column c.
fn row_scale_bits(at: u32, c: u32) -> u32 {
  return group_scale(at + (c / BLOCK_COLUMNS) * BLOCK_BYTES, (c % BLOCK_COLUMNS) / GROUP_COLUMNS);
}

// Bits of the f32 minimum of column c.
fn row_minimum_bits(at: u32, c: u32) -> u32 {
  return group_minimum(at + (c / BLOCK_COLUMNS) * BLOCK_BYTES, (c % BLOCK_COLUMNS) / GROUP_COLUMNS);
}

// Bits of the f32 values of columns c..c+3, each product rounded once.
fn row_values(at: u32, c: u32) -> vec4u {
  let w = bitcast<i32>(row_codes(at, c));
  let codes = vec4f(vec4i((w << 24u) >> 24u, (w << 16u) >> 24u, (w << 8u) >> 24u, w >> 24u));
  return bitcast<vec4u>(codes * bitcast<f32>(row_scale_bits(at, c)));
}
