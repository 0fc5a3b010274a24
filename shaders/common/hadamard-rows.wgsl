// common/hadamard-rows: one token's columns, in chunks of 1024, by the exchange joined.
struct Params {
  k: u32, // columns, a multiple of the block
  block: u32, // a power of two, 32..1024
  diagonal: u32, // 1: x is multiplied by the diagonal (signs, a norm's gain); 0: the binding is not read
  norm: u32, // 1: x is divided by its root mean square; 0: it is not
  epsilon: f32, // of the norm
  group: u32, // columns per scale of codes; ignored without codes
}

fn scaled_input(base: u32, i: u32) -> vec4f {
  let v = x[base + i];
  if (params.diagonal != 0u) {
    return v * diagonal[i];
  }
  return v;
}

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
