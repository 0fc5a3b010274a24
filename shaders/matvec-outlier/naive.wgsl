// matvec-outlier/naive: one team of one invocation per four rows.
// out[C, first_row + M] f32 (+)= sum over K of scale[M, K / group] * W[M, K] * x[C, K] + outlier_scale[M]
//   * sum over J of outlier_w[M, J] * x[C, index[J]], x[C, K] = q_scale[C, K / block] * q[C, K],
//   column C = workgroup z
// Layout: of W by the part joined (span_bytes); outliers int8, four columns per u32.  K a multiple of a
//   cell and of
//   64, group and block % 16 == 0, outliers % 4 == 0.
// Geometry: workgroups of 64 invocations of four rows each.
// Requires: what the dot16 joined requires.
// Cost: reads W once, uncoalesced.
@group(0) @binding(0) var<storage, read> w: array<vec4u>;               // [M, K / CELL_COLUMNS] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;         // [M, K / group]
@group(0) @binding(2) var<storage, read> q: array<vec4u>;               // [C, K/16] sixteen int8 each
@group(0) @binding(3) var<storage, read> q_scale: array<f32>;           // [C, K / block]
@group(0) @binding(4) var<storage, read> outlier_w: array<u32>;         // [M, J/4] four int8 each
@group(0) @binding(5) var<storage, read> outlier_scale: array<f32>;     // [M]
@group(0) @binding(6) var<storage, read> outlier_index: array<vec4u>;   // [J/4] columns
@group(0) @binding(7) var<storage, read_write> out: array<f32>;         // [C, stride]
@group(0) @binding(8) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let row = ((group.x + group.y * grid.x) * 64u + index) * 4u;
  if (row >= params.m) {
    return;
  }
  // Rows beyond the end repeat the last one; they are not written.
  let rows = min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(params.m - 1u));
  var sum = vec4f(0.0);
  for (var c = 0u; c < params.k / CELL_COLUMNS; c++) {
    sum += dot_rows(rows, c, group.z);
  }
  var outliers = vec4f(0.0);
  for (var j = 0u; j < params.outliers / 4u; j++) {
    outliers += dot_outliers(rows, j, group.z);
  }
  for (var i = 0u; i < 4u; i++) {
    if (row + i < params.m) {
      write_row(row + i, sum[i], outliers[i], group.z);
    }
  }
}
