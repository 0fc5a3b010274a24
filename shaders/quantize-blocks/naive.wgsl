// quantize-blocks/naive: one invocation per block of columns.
// q[T, K] i8 = rne(x * 127 / a), scale[T, K / block] = a / 127, a = max(|x|) of the block; a block
//   of zeros gives zeros
// Geometry: workgroups of 64 blocks, all tokens in one row of blocks.
// Requires: nothing.  K % block == 0, block % 4 == 0.
// Cost: reads x twice (the second time from cache), writes K bytes; bound by latency.
struct Params { k: u32, block: u32, tokens: u32 }
@group(0) @binding(0) var<storage, read> x: array<vec4f>;            // [T, K/4]
@group(0) @binding(1) var<storage, read_write> q: array<u32>;        // [T, K/4] four i8 each
@group(0) @binding(2) var<storage, read_write> scale: array<f32>;    // [T, K / block]
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let b = (group.x + group.y * grid.x) * 64u + index;
  if (b >= params.tokens * (params.k / params.block)) {
    return;
  }
  let words = params.block / 4u;
  var largest = vec4f(0.0);
  for (var i = b * words; i < (b + 1u) * words; i++) {
    largest = max(largest, abs(x[i]));
  }
  let a = max(max(largest.x, largest.y), max(largest.z, largest.w));
  let to_code = 127.0 / max(a, 1e-30); // finite for blocks of zeros
  for (var i = b * words; i < (b + 1u) * words; i++) {
    q[i] = pack_int8(vec4i(round(x[i] * to_code)));
  }
  scale[b] = a / 127.0;
}
