// gather-columns/naive: one invocation per element.
// out[T, J] f32 = x[t, index[j]]
// Geometry: workgroups of 64 elements of out.
// Requires: nothing.
// Cost: bound by latency.
struct Params { k: u32, block: u32, columns: u32, tokens: u32 }
@group(0) @binding(0) var<storage, read> x: array<u32>;              // [T, K] f32 or [T, K/4] four i8 each
@group(0) @binding(1) var<storage, read> x_scale: array<f32>;        // [T, K / block] if block is not 0
@group(0) @binding(2) var<storage, read> index: array<u32>;          // [J]
@group(0) @binding(3) var<storage, read_write> out: array<f32>;      // [T, J]
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let i = (group.x + group.y * grid.x) * 64u + local;
  if (i >= params.tokens * params.columns) {
    return;
  }
  out[i] = activation(i / params.columns, index[i % params.columns]);
}
