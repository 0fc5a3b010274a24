// matvec-int8/naive: one invocation per row, sixteen columns at a time.
// out[C, first_row + M] f32 (+)= sum over K of (scale[M, K / group] * W[M, K] + minimum[M, K / group])
//   * q_scale[C, K / block] * q[C, K], column C = workgroup z
// Layout: of W by the part joined (span_bytes).  K a multiple of a cell and of 64, group and block % 16 == 0.
// Geometry: workgroups of 64 rows.
// Requires: nothing.
// Cost: reads W once, uncoalesced.
@group(0) @binding(0) var<storage, read> w: array<vec4u>;            // [M, K / CELL_COLUMNS] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;      // [M, K / group]
@group(0) @binding(2) var<storage, read> row_min: array<f32>;        // [M, K / group] if params.minima
@group(0) @binding(3) var<storage, read> q: array<vec4u>;            // [C, K/16] sixteen int8 each
@group(0) @binding(4) var<storage, read> q_scale: array<f32>;        // [C, K / block]
@group(0) @binding(5) var<storage, read_write> out: array<f32>;      // [C, stride]
@group(0) @binding(6) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let m = (group.x + group.y * grid.x) * 64u + index;
  if (m >= params.m) {
    return;
  }
  let cells = params.k / CELL_COLUMNS;
  var sum = 0.0;
  for (var span = 0u; span < params.k / 16u; span++) {
    let at = m * (params.k / params.group) + 16u * span / params.group;
    let v = q[group.z * (params.k / 16u) + span];
    let codes = span_bytes(w[m * cells + span / CELL_SPANS], span % CELL_SPANS);
    var part = f32(dot16(codes, v) >> SPAN_SHIFT) * row_scale[at];
    if (params.minima != 0u) {
      part += f32(dot16(vec4u(0x01010101u), v)) * row_min[at];
    }
    sum += part * q_scale[group.z * (params.k / params.block) + 16u * span / params.block];
  }
  let at = group.z * params.stride + params.first_row + m;
  out[at] = finish_int8(out[at], sum);
}
