// matvec-float/naive: one workgroup per row.
// out[C, first_row + M] f32 (+)= sum over K of (scale[M, K / group] * W[M, K] + minimum[M, K / group])
//   * x[C, K] f32, in f32, column C = workgroup z
// Layout: of W by the part joined (cell_part).  K a multiple of a cell, group % 16 == 0.
// Geometry: 64 invocations stride over the cells of a row; the first adds their sums.
// Requires: nothing.
// Cost: reads W once; bound by latency for short rows.
@group(0) @binding(0) var<storage, read> w: array<vec4u>;            // [M, K / CELL_COLUMNS] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;      // [M, K / group]
@group(0) @binding(2) var<storage, read> row_min: array<f32>;        // [M, K / group] if params.minima
@group(0) @binding(3) var<storage, read> x: array<vec4f>;            // [C, K/4]
@group(0) @binding(4) var<storage, read_write> out: array<f32>;      // [C, stride]
@group(0) @binding(5) var<uniform> params: Params;

var<workgroup> partial: array<f32, 64>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let m = group.x + group.y * grid.x;
  let cells = params.k / CELL_COLUMNS;
  let groups = params.k / params.group;
  var sum = 0.0;
  for (var c = index; c < cells && m < params.m; c += 64u) {
    let cell = w[m * cells + c];
    for (var i = 0u; i < CELL_PARTS; i++) {
      let group_at = m * groups + (c * CELL_COLUMNS + 4u * i) / params.group;
      let v = x[group.z * (params.k / 4u) + c * CELL_PARTS + i];
      var part = dot(cell_part(cell, i), v);
      if (scales_within()) {
        part *= row_scale[group_at];
      }
      if (params.minima != 0u) {
        part += row_min[group_at] * dot(v, vec4f(1.0));
      }
      sum += part;
    }
  }
  partial[index] = sum;
  workgroupBarrier(); // publishes the sums of all invocations
  if (index == 0u && m < params.m) {
    var total = 0.0;
    for (var i = 0u; i < 64u; i++) {
      total += partial[i];
    }
    let at = group.z * params.stride + params.first_row + m;
    out[at] = finish_float(out[at], total, m);
  }
}
