// matvec-ternary/subgroup: ROWS rows by a group of lanes, reduced by shuffles, without barriers.
// out[C, M] f32 (+)= (W[M, K] ternary . q[C, K] i8) * (q_scale[C] * row_scale[M]), column C = workgroup z
// Layout: W is T2 or P by the part joined (dot_cell); q is int8 or bit planes to match.  K % 64 == 0.
// Geometry: L = min(MAX_LANES, subgroup size, cells per row) lanes share ROWS rows, each strides over
//   the cells by L, CELLS of them at a time.
//   A grid sized for larger subgroups than there are leaves workgroups at the end without rows.
// Requires: subgroups (any size), and what the layout part requires.
// Overrides: WG_SIZE (32..256), MAX_LANES (1..32); powers of two. ROWS (1, 2 or 4), CELLS (1 or 2).
// Cost: reads M*K/4 bytes of W once, ROWS * CELLS 16-byte loads in flight per lane; bound by memory.
enable subgroups;
override WG_SIZE: u32 = 64u;
override ROWS: u32 = 2u;
override CELLS: u32 = 1u;
override MAX_LANES: u32 = 32u;
@group(0) @binding(0) var<storage, read> w: array<vec4u>;            // [M, K/64] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;      // [M]
@group(0) @binding(2) var<storage, read> q: array<vec4u>;            // [C, K/16]
@group(0) @binding(3) var<storage, read> q_scale: array<f32>;        // [C]
@group(0) @binding(4) var<storage, read_write> out: array<f32>;      // [C, M]
@group(0) @binding(5) var<uniform> params: Params;

// Cell c of the rows that begin at these cells, times the column that begins at x; zeros beyond ROWS.
fn dot_rows(begin: vec4u, c: u32, x: u32) -> vec4i {
  let x_0 = q[x + 4u * c];
  let x_1 = q[x + 4u * c + 1u];
  let x_2 = q[x + 4u * c + 2u];
  let x_3 = q[x + 4u * c + 3u];
  var sum = vec4i(0);
  sum.x = dot_cell(w[begin.x + c], x_0, x_1, x_2, x_3);
  if (ROWS > 1u) {
    sum.y = dot_cell(w[begin.y + c], x_0, x_1, x_2, x_3);
  }
  if (ROWS > 2u) {
    sum.z = dot_cell(w[begin.z + c], x_0, x_1, x_2, x_3);
    sum.w = dot_cell(w[begin.w + c], x_0, x_1, x_2, x_3);
  }
  return sum;
}

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
  // Rows beyond the end repeat the last one; they are not written.
  let begin = min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(params.m - 1u)) * cells;
  let x = group.z * cells * 4u;
  var sum = vec4i(0);
  for (var c = first; c < last; c += CELLS * step) {
    sum += dot_rows(begin, c, x);
    if (CELLS > 1u) {
      // Beyond the end the last cell is loaded again, and not used.
      let next = dot_rows(begin, min(c + step, cells - 1u), x);
      sum += select(vec4i(0), next, c + step < last);
    }
  }
  let alone = sum;
  for (var d = lanes / 2u; d > 0u; d /= 2u) {
    if (ROWS > 2u) {
      sum += subgroupShuffleXor(sum, d);
    } else {
      sum = vec4i(sum.xy + subgroupShuffleXor(sum.xy, d), 0, 0);
    }
  }
  sum = select(alone, sum, in_order) >> vec4u(DOT_SHIFT);
  if (member == 0u) {
    let scale = q_scale[group.z];
    let at = group.z * params.m;
    for (var i = 0u; i < ROWS; i++) {
      let m = row + i;
      if (m < params.m) {
        out[at + m] = finish(out[at + m], sum[i], scale * row_scale[m], params.accumulate);
      }
    }
  }
}
