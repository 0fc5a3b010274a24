// hadamard/input: the scaled columns of a token, four at a time, and the stages within four.
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
