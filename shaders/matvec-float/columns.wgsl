// matvec-float/columns: as subgroup, but each cell of weights serves COLUMNS columns; sums in the same order.
// out[C, first_row + M] f32 (+)= sum over K of (scale[M, K / group] * W[M, K] + minimum[M, K / group])
//   * x[C, K] f32, in f32
// Layout: of W by the part joined (cell_part).  K a multiple of a cell, group % 16 == 0.
// Geometry: L = min(32, subgroup size, cells per row) lanes share 4 rows; each lane strides over cells by L;
//   workgroup z takes columns COLUMNS * z and on, those below params.tokens.
//   A grid sized for larger subgroups than there are leaves workgroups at the end without rows.
// Requires: subgroups (any size), and COLUMNS of the part joined.
// Overrides: WG_SIZE (32..256, power of two).
// Cost: reads W once per COLUMNS columns; bound by memory for few columns.
enable subgroups;
override WG_SIZE: u32 = 64u;
const MAX_LANES = 32u;
const ROWS = 4u;
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
  let first_row = (group.x + group.y * grid.x) * (WG_SIZE / lanes) * 4u;
  if (first_row >= params.m) {
    return; // the whole workgroup
  }
  let in_order = lanes_in_order(index, lane, size);
  let row = first_row + (index / lanes) * 4u;
  let member = index % lanes;
  // Should lanes not be in order, the first member of a team does all its work alone: slow, but right.
  let step = select(1u, lanes, in_order);
  let first = select(select(cells, 0u, member == 0u), member, in_order);
  let last = select(0u, cells, row < params.m);
  // Rows beyond the end repeat the last one; they are not written.
  let rows = min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(params.m - 1u));
  let first_column = group.z * COLUMNS;
  var sum = array<vec4f, COLUMNS>();
  for (var c = first; c < last; c += step) {
    var cell = dot_columns(rows, c, first_column);
    for (var t = 0u; t < COLUMNS; t++) {
      sum[t] += cell[t];
    }
  }
  for (var t = 0u; t < COLUMNS; t++) {
    var total = sum[t];
    for (var d = lanes / 2u; d > 0u; d /= 2u) {
      total += subgroupShuffleXor(total, d);
    }
    total = select(sum[t], total, in_order);
    let column = first_column + t;
    for (var i = 0u; i < 4u; i++) {
      let m = row + i;
      if (member == 0u && m < params.m && column < params.tokens) {
        let at = column * params.stride + params.first_row + m;
        out[at] = finish_float(out[at], total[i], m);
      }
    }
  }
}

// Cell c of four rows times x of COLUMNS tokens, each as dot_rows does it. Columns beyond the end repeat the
// last one; they are not written.
fn dot_columns(rows: vec4u, c: u32, first_column: u32) -> array<vec4f, COLUMNS> {
  let at = rows * (params.k / CELL_COLUMNS) + vec4u(c);
  let w_0 = w[at.x];
  let w_1 = w[at.y];
  let w_2 = w[at.z];
  let w_3 = w[at.w];
  let split = params.group % CELL_COLUMNS != 0u;
  var sum = array<vec4f, COLUMNS>();
  for (var s = 0u; s < CELL_SPANS; s++) {
    var span = array<vec4f, COLUMNS>();
    for (var j = 0u; j < SPAN_PARTS; j++) {
      let i = s * SPAN_PARTS + j;
      let p_0 = cell_part(w_0, i);
      let p_1 = cell_part(w_1, i);
      let p_2 = cell_part(w_2, i);
      let p_3 = cell_part(w_3, i);
      for (var t = 0u; t < COLUMNS; t++) {
        let token = min(first_column + t, params.tokens - 1u);
        let v = x[token * (params.k / 4u) + c * CELL_PARTS + i];
        span[t] += vec4f(dot(p_0, v), dot(p_1, v), dot(p_2, v), dot(p_3, v));
      }
    }
    for (var t = 0u; t < COLUMNS; t++) {
      if (split) {
        let token = min(first_column + t, params.tokens - 1u);
        span[t] = scale_rows(span[t], rows, c * CELL_PARTS + s * SPAN_PARTS, SPAN_PARTS, token);
      }
      sum[t] += span[t];
    }
  }
  if (scales_within() && !split) {
    for (var t = 0u; t < COLUMNS; t++) {
      let token = min(first_column + t, params.tokens - 1u);
      sum[t] = scale_rows(sum[t], rows, c * CELL_PARTS, CELL_PARTS, token);
    }
  }
  return sum;
}
