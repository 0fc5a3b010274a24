// matvec-ternary/naive: one invocation per row.
// out[C, M] f32 (+)= (W[M, K] ternary . q[C, K] i8) * (q_scale[C] * row_scale[M]), column C = workgroup z
// Layout: W is T2, see shaders/layouts/t2.  K % 64 == 0.
// Geometry: workgroups of 64 rows.
// Requires: nothing.
// Cost: reads M*K/4 bytes of W once, uncoalesced.
@group(0) @binding(0) var<storage, read> w: array<vec4u>;            // [M, K/64] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;      // [M]
@group(0) @binding(2) var<storage, read> q: array<vec4u>;            // [C, K/16] sixteen int8 each
@group(0) @binding(3) var<storage, read> q_scale: array<f32>;        // [C]
@group(0) @binding(4) var<storage, read_write> out: array<f32>;      // [C, M]
@group(0) @binding(5) var<uniform> params: Params;

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
  let cells = params.k / 64u;
  let x = group.z * cells * 4u;
  var sum = 0;
  for (var c = 0u; c < cells; c++) {
    let at = x + 4u * c;
    sum += dot_cell(w[m * cells + c], q[at], q[at + 1u], q[at + 2u], q[at + 3u]);
  }
  let at = group.z * params.m + m;
  out[at] = finish(out[at], sum, q_scale[group.z] * row_scale[m], params.accumulate);
}
