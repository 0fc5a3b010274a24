// block/channels-made: the activations of outlier channels, for kernels that make their input in workgroup
// memory; joined with block/staged. Few: the merge leaves no more room.
var<workgroup> channel_values: array<vec4f, 104>; // [J/4], at most 416 channels

fn channel_value(k: u32) -> f32 {
  let code = bitcast<i32>(staged_codes[k / 16u][k / 4u % 4u] << (24u - 8u * (k % 4u))) >> 24u;
  return f32(code) * staged_scale[k / 32u];
}
