// sparse-product/subgroup: a row by a group of lanes, reduced by shuffles, without barriers.
// out[T, first_row + M] f32 += scale[M] * sum over entries of value * x[T, 32 * b + position]
// Geometry: L = min(32, subgroup size, words per row) lanes share a row of one token; each strides by L.
// Requires: subgroups (any size).  K % 32 == 0, slots 2 or 4.  Overrides: WG_SIZE (32..256, power of two).
// Cost: reads the entries once per token, and gathers one activation for each.
enable subgroups;
override WG_SIZE: u32 = 64u;
const MAX_LANES = 32u;
@group(0) @binding(0) var<storage, read> entries: array<u32>;        // [M, K / 32 * slots / 2] two each
@group(0) @binding(1) var<storage, read> scale: array<f32>;          // [M]
@group(0) @binding(2) var<storage, read> x: array<u32>;              // [T, K] f32 or [T, K/4] four i8 each
@group(0) @binding(3) var<storage, read> x_scale: array<f32>;        // [T, K / block] if block is not 0
@group(0) @binding(4) var<storage, read_write> out: array<f32>;      // [T, stride]
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(WG_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) index: u32,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(subgroup_size) subgroup_size: u32,
) {
  let words = params.k / 32u * (params.slots / 2u);
  let size = min(subgroup_size, WG_SIZE);
  let lanes = lanes_for(words, min(size, MAX_LANES));
  let first_row = (group.x + group.y * grid.x) * (WG_SIZE / lanes);
  let rows = params.m * params.tokens;
  if (first_row >= rows) {
    return; // the whole workgroup
  }
  let in_order = lanes_in_order(index, lane, size);
  let row = first_row + index / lanes;
  let member = index % lanes;
  // Should lanes not be in order, the first member of a team does all its work alone: slow, but right.
  let step = select(1u, lanes, in_order);
  let works = row < rows && (in_order || member == 0u);
  let t = row / params.m;
  let m = row % params.m;
  var sum = 0.0;
  for (var i = member; i < select(0u, words, works); i += step) {
    sum += dot_word(t, m, words, i);
  }
  let alone = sum;
  for (var d = lanes / 2u; d > 0u; d /= 2u) {
    sum += subgroupShuffleXor(sum, d);
  }
  if (works && member == 0u) {
    add_to_out(t, m, select(alone, sum, in_order));
  }
}
