// matvec-int8/own-rows: four rows for every invocation; the four of a quad load the activations together.
// out[C, first_row + M] f32 (+)= sum over K of (scale[M, K / group] * W[M, K] + minimum[M, K / group])
//   * q_scale[C, K / block] * q[C, K], column C = workgroup z
// Layout: W is P, q holds bit planes (op bit-planes).  K % 64 == 0, group and block % 32 == 0.
// Geometry: workgroup = WG_SIZE * 4 rows; all invocations walk over the cells of a row side by side.
// Requires: subgroups (any size).
// Overrides: WG_SIZE (4..256, a power of two); CELL_SCALES of layouts/p/rows.
// Cost: as the others, but for CPU adapters, which load each word of each invocation by itself: of the
//   activations an invocation loads a quarter, and gets the rest from its quad.
enable subgroups;
override WG_SIZE: u32 = 32u;
@group(0) @binding(0) var<storage, read> w: array<vec4u>;            // [M, K/64] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;      // [M, K / group]
@group(0) @binding(2) var<storage, read> row_min: array<f32>;        // [M, K / group] if params.minima
@group(0) @binding(3) var<storage, read> q: array<vec4u>;            // [C, K/16] bit planes
@group(0) @binding(4) var<storage, read> q_scale: array<f32>;        // [C, K / block]
@group(0) @binding(5) var<storage, read_write> out: array<f32>;      // [C, stride]
@group(0) @binding(6) var<uniform> params: Params;

fn write_row(at: u32, row: u32, sum: f32) {
  if (row < params.m) {
    out[at + row] = finish_int8(out[at + row], sum);
  }
}

@compute @workgroup_size(WG_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) index: u32,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let cells = params.k / CELL_COLUMNS;
  let first_row = (group.x + group.y * grid.x) * WG_SIZE * 4u;
  if (first_row >= params.m) {
    return; // the whole workgroup
  }
  let row = first_row + index * 4u;
  // Rows beyond the end repeat the last one; they are not written.
  let rows = min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(params.m - 1u));
  let scales_at = rows * (params.k / params.group);
  let x_scales_at = group.z * (params.k / params.block);
  let x = group.z * cells * 4u + lane % 4u;
  var y = vec4f(0.0);
  for (var c = 0u; c < cells; c++) {
    let own = q[x + 4u * c];
    let x_0 = quadBroadcast(own, 0u);
    let x_1 = quadBroadcast(own, 1u);
    let x_2 = quadBroadcast(own, 2u);
    let x_3 = quadBroadcast(own, 3u);
    y += dot_four_cells(
      load_cells(rows, c), x_0, x_1, x_2, x_3, c * CELL_COLUMNS, scales_at, x_scales_at,
    );
  }
  // Written out, since SwiftShader indexes a vector by a variable slowly.
  let at = group.z * params.stride + params.first_row;
  write_row(at, row, y.x);
  write_row(at, row + 1u, y.y);
  write_row(at, row + 2u, y.z);
  write_row(at, row + 3u, y.w);
}
