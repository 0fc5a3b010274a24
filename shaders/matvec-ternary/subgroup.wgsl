// matvec-ternary/subgroup: two rows by a group of lanes, reduced by shuffles, without barriers.
// out[C, M] f32 (+)= (W[M, K] ternary . q[C, K] i8) * (q_scale[C] * row_scale[M]), column C = workgroup z
// Layout: W is T2 or P by the part joined (dot_cell); q is int8 or bit planes to match.  K % 64 == 0.
// Geometry: L = min(MAX_LANES, subgroup size, cells per row) lanes share 2 rows, each strides over
//   the cells by L.
//   A grid sized for larger subgroups than there are leaves workgroups at the end without rows.
// Requires: subgroups (any size), and what the layout part requires.
// Overrides: WG_SIZE (32..256), MAX_LANES (1..32); powers of two.
// Cost: reads M*K/4 bytes of W once, two 16-byte loads in flight per lane; bound by memory.
enable subgroups;
override WG_SIZE: u32 = 64u;
const ROWS = 2u;
// 1 makes each lane take its rows alone: CPU adapters pay more for a shuffle than for the loads.
override MAX_LANES: u32 = 32u;
@group(0) @binding(0) var<storage, read> w: array<vec4u>;            // [M, K/64] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;      // [M]
@group(0) @binding(2) var<storage, read> q: array<vec4u>;            // [C, K/16]
@group(0) @binding(3) var<storage, read> q_scale: array<f32>;        // [C]
@group(0) @binding(4) var<storage, read_write> out: array<f32>;      // [C, M]
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(WG_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) index: u32,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(subgroup_size) subgroup_size: u32,
) {
  let cells = params.k / 64u;
  let size = min(subgroup_size, WG_SIZE);
  let lanes = lanes_for(cells, min(size, MAX_LANES));
  let first_row = (group.x + group.y * grid.x) * (WG_SIZE / lanes) * ROWS;
  if (first_row >= params.m) {
    return; // the whole workgroup
  }
  let in_order = lanes_in_order(index, lane, size);
  let row = first_row + (index / lanes) * ROWS;
  let member = index % lanes;
  // Should lanes not be in order, the first member of a team does all its work alone: slow, but right.
  let step = select(1u, lanes, in_order);
  let first = select(select(cells, 0u, member == 0u), member, in_order);
  let last = select(0u, cells, row < params.m);
  let base_0 = row * cells;
  let base_1 = min(row + 1u, params.m - 1u) * cells;
  let x = group.z * cells * 4u;
  var sum = vec2i(0);
  for (var c = first; c < last; c += step) {
    let w_0 = w[base_0 + c];
    let w_1 = w[base_1 + c];
    let x_0 = q[x + 4u * c];
    let x_1 = q[x + 4u * c + 1u];
    let x_2 = q[x + 4u * c + 2u];
    let x_3 = q[x + 4u * c + 3u];
    sum += vec2i(dot_cell(w_0, x_0, x_1, x_2, x_3), dot_cell(w_1, x_0, x_1, x_2, x_3));
  }
  let alone = sum;
  for (var d = lanes / 2u; d > 0u; d /= 2u) {
    sum += subgroupShuffleXor(sum, d);
  }
  sum = select(alone, sum, in_order) >> vec2u(DOT_SHIFT);
  if (member == 0u && row < params.m) {
    let scale = q_scale[group.z];
    let at = group.z * params.m + row;
    out[at] = finish(out[at], sum.x, scale * row_scale[row], params.accumulate);
    if (row + 1u < params.m) {
      out[at + 1u] = finish(out[at + 1u], sum.y, scale * row_scale[row + 1u], params.accumulate);
    }
  }
}
