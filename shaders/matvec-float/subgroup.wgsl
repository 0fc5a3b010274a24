// matvec-float/subgroup: ROWS rows by a group of lanes, reduced by shuffles, without barriers.
// out[C, first_row + M] f32 (+)= sum over K of (scale[M, K / group] * W[M, K] + minimum[M, K / group])
//   * x[C, K] f32, in f32, column C = workgroup z
// Layout: of W by the part joined (cell_part).  K a multiple of a cell, group % 16 == 0.
// Geometry: L = min(MAX_LANES, subgroup size, cells per row) lanes share ROWS rows; each lane strides
//   over cells by L, CELLS of them at a time.
//   A grid sized for larger subgroups than there are leaves workgroups at the end without rows.
// Requires: subgroups (any size), and what the part joined requires.
// Overrides: WG_SIZE (32..256), MAX_LANES (1..32); powers of two. ROWS (2 or 4), CELLS (1 or 2).
// Cost: reads W once, ROWS * CELLS 16-byte loads in flight per lane; bound by memory.
enable subgroups;
override WG_SIZE: u32 = 64u;
override MAX_LANES: u32 = 32u;
override ROWS: u32 = 4u;
override CELLS: u32 = 1u;
@group(0) @binding(0) var<storage, read> w: array<vec4u>;            // [M, K / CELL_COLUMNS] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;      // [M, K / group]
@group(0) @binding(2) var<storage, read> row_min: array<f32>;        // [M, K / group] if params.minima
@group(0) @binding(3) var<storage, read> x: array<vec4f>;            // [C, K/4]
@group(0) @binding(4) var<storage, read_write> out: array<f32>;      // [C, stride]
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(WG_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) index: u32,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(subgroup_size) subgroup_size: u32,
) {
  let cells = params.k / CELL_COLUMNS;
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
  // Rows beyond the end repeat the last one; they are not written.
  let rows = min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(params.m - 1u));
  var sum = vec4f(0.0);
  for (var c = first; c < last; c += CELLS * step) {
    sum += dot_rows(rows, c, group.z);
    if (CELLS > 1u) {
      // Beyond the end the last cell is loaded again, and not used.
      let next = dot_rows(rows, min(c + step, cells - 1u), group.z);
      sum += select(vec4f(0.0), next, c + step < last);
    }
  }
  let alone = sum;
  for (var d = lanes / 2u; d > 0u; d /= 2u) {
    if (ROWS > 2u) {
      sum += subgroupShuffleXor(sum, d);
    } else {
      sum = vec4f(sum.xy + subgroupShuffleXor(sum.xy, d), 0.0, 0.0);
    }
  }
  sum = select(alone, sum, in_order);
  if (member == 0u) {
    for (var i = 0u; i < ROWS; i++) {
      let m = row + i;
      if (m < params.m) {
        let at = group.z * params.stride + params.first_row + m;
        out[at] = finish_float(out[at], sum[i], m);
      }
    }
  }
}
