// block/channels: the activations of outlier channels, for kernels that read their input from q and act.
var<workgroup> channel_values: array<vec4f, 256>; // [J/4], at most 1024 channels

fn channel_value(k: u32) -> f32 {
  let code = bitcast<i32>(q[k / 16u][k / 4u % 4u] << (24u - 8u * (k % 4u))) >> 24u;
  return f32(code) * act[k / 32u].x;
}
