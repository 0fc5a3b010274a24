// product/float-or-int8: activations that are f32 (params.block is 0), or int8 codes with scales.
fn activation(t: u32, k: u32) -> f32 {
  if (params.block == 0u) {
    return bitcast<f32>(x[t * params.k + k]);
  }
  let word = x[(t * params.k + k) / 4u];
  let code = bitcast<i32>(word << (24u - 8u * (k % 4u))) >> 24u;
  return f32(code) * x_scale[(t * params.k + k) / params.block];
}
