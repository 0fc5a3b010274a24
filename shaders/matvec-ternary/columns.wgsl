// matvec-ternary/columns: as subgroup, but each cell of weights serves COLUMNS columns.
// out[C, M] f32 (+)= (W[M, K] ternary . q[C, K] i8) * (q_scale[C] * row_scale[M])
// Layout: W is T2 or P by the part joined (dot_cell); q is int8 or bit planes to match.  K % 64 == 0.
// Geometry: L = min(MAX_LANES, subgroup size, cells per row) lanes share 2 rows, each strides over
//   the cells by L; workgroup z takes columns COLUMNS * z and on, those below params.tokens.
//   A grid sized for larger subgroups than there are leaves workgroups at the end without rows.
// Requires: subgroups (any size), what the layout part requires, and COLUMNS of the part joined.
// Overrides: WG_SIZE (32..256), MAX_LANES (1..32); powers of two.
// Cost: reads M*K/4 bytes of W once per COLUMNS columns; bound by memory for few columns.
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
  let first_column = group.z * COLUMNS;
  var sum = array<vec2i, COLUMNS>();
  for (var c = first; c < last; c += step) {
    let w_0 = w[base_0 + c];
    let w_1 = w[base_1 + c];
    for (var t = 0u; t < COLUMNS; t++) {
      // Columns beyond the end repeat the last one; they are not written.
      let x = (min(first_column + t, params.tokens - 1u) * cells + c) * 4u;
      let x_0 = q[x];
      let x_1 = q[x + 1u];
      let x_2 = q[x + 2u];
      let x_3 = q[x + 3u];
      sum[t] += vec2i(dot_cell(w_0, x_0, x_1, x_2, x_3), dot_cell(w_1, x_0, x_1, x_2, x_3));
    }
  }
  for (var t = 0u; t < COLUMNS; t++) {
    var total = sum[t];
    for (var d = lanes / 2u; d > 0u; d /= 2u) {
      total += subgroupShuffleXor(total, d);
    }
    total = select(sum[t], total, in_order) >> vec2u(DOT_SHIFT);
    let column = first_column + t;
    if (member == 0u && row < params.m && column < params.tokens) {
      let scale = q_scale[column];
      let at = column * params.m + row;
      out[at] = finish(out[at], total.x, scale * row_scale[row], params.accumulate);
      if (row + 1u < params.m) {
        out[at + 1u] = finish(out[at + 1u], total.y, scale * row_scale[row + 1u], params.accumulate);
      }
    }
  }
}
