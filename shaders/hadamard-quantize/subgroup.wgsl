// hadamard-quantize/subgroup: as naive, butterflies within a subgroup by shuffles.
// q[T, K] i8 = rne(z * 127 / a), scale[T, K / group] = a / 127, a = max(|z|) of the group, z = H y for every
//   block of columns, y = x * diagonal / rms(x), H orthonormal (Sylvester order)
// Geometry: 256 invocations of four columns. Groups within a block: workgroup (t, c) takes chunk c of 1024
//   columns of token t. One group: workgroup t takes all chunks, twice: for the maximum, then for the codes.
// Requires: subgroups (any size).  K % block == 0, block a power of two, 32..1024.
// Cost: log2(block / 4 / subgroup size) barriers per chunk; bound by latency.
enable subgroups;
@group(0) @binding(0) var<storage, read> x: array<vec4f>;               // [T, K/4]
@group(0) @binding(1) var<storage, read> diagonal: array<vec4f>;        // [K/4] if params.diagonal
@group(0) @binding(2) var<storage, read_write> q: array<u32>;           // [T, K/4] four i8 each
@group(0) @binding(3) var<storage, read_write> scale: array<f32>;       // [T, K / group]
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) index: u32,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(subgroup_size) subgroup_size: u32,
) {
  transform_and_quantize(group.xy, grid.y, index, exchange_limit(index, lane, subgroup_size));
}
