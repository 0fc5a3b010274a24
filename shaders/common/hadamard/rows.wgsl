// hadamard/rows: one token's columns, in chunks of 1024, by the exchange joined.

// 1 / rms of the token, or 1; all invocations must call it.
fn norm_factor(base: u32, index: u32, limit: u32) -> f32 {
  if (params.norm == 0u) {
    return 1.0;
  }
  var sum = 0.0;
  for (var i = index; i < params.k / 4u; i += CHUNK_WORDS) {
    sum += dot(x[base + i], x[base + i]);
  }
  return 1.0 / sqrt(workgroup_sum(index, sum, limit) / f32(params.k) + params.epsilon);
}

// H of chunk c, without 1 / sqrt(block); zeros beyond the end of the row. All invocations must call it.
fn chunk(base: u32, c: u32, index: u32, limit: u32) -> vec4f {
  let i = c * CHUNK_WORDS + index;
  var v = vec4f(0.0);
  if (i < params.k / 4u) {
    v = scaled_input(base, i);
  }
  return hadamard(index, v, params.block, limit);
}
