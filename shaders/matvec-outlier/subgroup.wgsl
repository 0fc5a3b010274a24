// matvec-outlier/subgroup: four rows by a group of lanes, reduced by shuffles, without barriers.
// out[C, first_row + M] f32 (+)= sum over K of scale[M, K / group] * W[M, K] * x[C, K] + outlier_scale[M]
//   * sum over J of outlier_w[M, J] * x[C, index[J]], x[C, K] = q_scale[C, K / block] * q[C, K],
//   column C = workgroup z
// Layout: of W by the part joined (span_bytes); outliers int8, four columns per u32.  K a multiple of a
//   cell and of
//   64, group and block % 16 == 0, outliers % 4 == 0.
// Geometry: L = min(MAX_LANES, subgroup size, cells per row) lanes share 4 rows; each lane strides over
//   cells, and over
//   words of outliers, by L. A grid sized for larger subgroups than there are leaves workgroups without rows.
// Requires: subgroups (any size), and what the dot16 joined requires.  Overrides: WG_SIZE
//   (32..256, power of two), MAX_LANES (1..32, power of two).
// Cost: reads W once, and per word of outliers four gathered activations for four rows; bound by memory.
enable subgroups;
override WG_SIZE: u32 = 64u;
override MAX_LANES: u32 = 32u;
@group(0) @binding(0) var<storage, read> w: array<vec4u>;               // [M, K / CELL_COLUMNS] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;         // [M, K / group]
@group(0) @binding(2) var<storage, read> q: array<vec4u>;               // [C, K/16] sixteen int8 each
@group(0) @binding(3) var<storage, read> q_scale: array<f32>;           // [C, K / block]
@group(0) @binding(4) var<storage, read> outlier_w: array<u32>;         // [M, J/4] four int8 each
@group(0) @binding(5) var<storage, read> outlier_scale: array<f32>;     // [M]
@group(0) @binding(6) var<storage, read> outlier_index: array<vec4u>;   // [J/4] columns
@group(0) @binding(7) var<storage, read_write> out: array<f32>;         // [C, stride]
@group(0) @binding(8) var<uniform> params: Params;

@compute @workgroup_size(WG_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) index: u32,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(subgroup_size) subgroup_size: u32,
) {
  let cells = params.k / CELL_COLUMNS;
  let words = params.outliers / 4u;
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
  let works = row < params.m && (in_order || member == 0u);
  // Rows beyond the end repeat the last one; they are not written.
  let rows = min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(params.m - 1u));
  var outliers = vec4f(0.0);
  for (var j = member; j < select(0u, words, works); j += step) {
    outliers += dot_outliers(rows, j, group.z);
  }
  var sum = vec4f(0.0);
  for (var c = member; c < select(0u, cells, works); c += step) {
    sum += dot_rows(rows, c, group.z);
  }
  let alone = sum;
  let outliers_alone = outliers;
  for (var d = lanes / 2u; d > 0u; d /= 2u) {
    sum += subgroupShuffleXor(sum, d);
    outliers += subgroupShuffleXor(outliers, d);
  }
  sum = select(alone, sum, in_order);
  outliers = select(outliers_alone, outliers, in_order);
  if (member == 0u) {
    for (var i = 0u; i < 4u; i++) {
      if (row + i < params.m) {
        write_row(row + i, sum[i], outliers[i], group.z);
      }
    }
  }
}
