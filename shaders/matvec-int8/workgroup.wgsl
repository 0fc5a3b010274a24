// matvec-int8/workgroup: four rows by a team of invocations, reduced through workgroup memory.
// out[C, first_row + M] f32 (+)= sum over K of (scale[M, K / group] * W[M, K] + minimum[M, K / group])
//   * q_scale[C, K / block] * q[C, K], column C = workgroup z
// Layout: of W by the part joined (span_bytes).  K a multiple of a cell and of 64, group and block % 16 == 0.
// Geometry: 64 invocations; L = min(64, power of two that covers the cells of a row) of them share 4 rows.
// Requires: what the dot16 joined requires.
// Cost: reads W once, four 16-byte loads in flight per invocation; bound by memory.
const WG_SIZE = 64u;
const ROWS = 4u;
@group(0) @binding(0) var<storage, read> w: array<vec4u>;            // [M, K / CELL_COLUMNS] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;      // [M, K / group]
@group(0) @binding(2) var<storage, read> row_min: array<f32>;        // [M, K / group] if params.minima
@group(0) @binding(3) var<storage, read> q: array<vec4u>;            // [C, K/16] sixteen int8 each
@group(0) @binding(4) var<storage, read> q_scale: array<f32>;        // [C, K / block]
@group(0) @binding(5) var<storage, read_write> out: array<f32>;      // [C, stride]
@group(0) @binding(6) var<uniform> params: Params;

var<workgroup> partial: array<vec4f, 64>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let cells = params.k / CELL_COLUMNS;
  var lanes = 1u;
  while (lanes < cells && lanes < WG_SIZE) {
    lanes *= 2u;
  }
  let member = index % lanes;
  let rows_here = (WG_SIZE / lanes) * 4u;
  let first_row = (group.x + group.y * grid.x) * rows_here;
  let row = first_row + (index / lanes) * 4u;
  let last = select(0u, cells, row < params.m);
  // Rows beyond the end repeat the last one; they are not written.
  let rows = min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(params.m - 1u));
  var sum = vec4f(0.0);
  for (var c = member; c < last; c += lanes) {
    sum += dot_rows(rows, c, group.z);
  }
  partial[index] = sum;
  workgroupBarrier(); // publishes the sums of all members
  for (var d = lanes / 2u; d > 0u; d /= 2u) {
    if (member < d) {
      partial[index] += partial[index + d];
    }
    workgroupBarrier(); // publishes this level
  }
  // The first invocations write one row each.
  for (var i = index; i < rows_here; i += WG_SIZE) {
    let m = first_row + i;
    if (m < params.m) {
      let total = partial[(i / 4u) * lanes][i % 4u];
      let at = group.z * params.stride + params.first_row + m;
      out[at] = finish_int8(out[at], total);
    }
  }
}
