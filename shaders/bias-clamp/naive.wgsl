// bias-clamp/naive: adds a bias to every token's row and clips the sum, in place.
// y[T, M] = clamp(y[T, M] + bias[M], -limit, limit)
// Geometry: one invocation per value, 256 per workgroup, grid folded into x and y.
// Requires: nothing.
// Cost: reads and writes 4 bytes per value; bound by memory.
struct Params { m: u32, tokens: u32, limit: f32 }
@group(0) @binding(0) var<storage, read> bias: array<f32>;              // [M]
@group(0) @binding(1) var<storage, read_write> y: array<f32>;           // [T, M]
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let i = (group.x + group.y * groups.x) * 256u + index;
  if (i >= params.tokens * params.m) {
    return;
  }
  y[i] = clamp(y[i] + bias[i % params.m], -params.limit, params.limit);
}
