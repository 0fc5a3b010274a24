// common/gated: the activation of a gated feed-forward layer, for kernels whose params have `activation`.
fn gated(v: vec2f) -> f32 {
  let rectified = max(v.x, 0.0);
  // exp(80) is finite in f32, and g * exp(-80) is already zero beside any other activation.
  let silu = v.x / (1.0 + exp(min(-v.x, 80.0)));
  return select(rectified * rectified, silu, params.activation == 1u) * v.y;
}
