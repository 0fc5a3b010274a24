// matvec-ternary/own-rows: ROWS rows for every invocation; the four of a quad load the activations together.
// out[C, M] f32 (+)= (W[M, K] ternary . q[C, K] i8) * (q_scale[C] * row_scale[M]), column C = workgroup z
// Layout: W is T2 or P by the part joined (dot_cell); q is int8 or bit planes to match.  K % 64 == 0.
// Geometry: workgroup = WG_SIZE * ROWS rows; all invocations walk over the cells of a row side by side.
// Requires: subgroups (any size), and what the layout part requires.
// Overrides: WG_SIZE (4..256, a power of two), ROWS (1, 2 or 4).
// Cost: as the others, but for CPU adapters, which load each word of each invocation by itself: of the
//   activations an invocation loads a quarter, and gets the rest from its quad.
enable subgroups;
override WG_SIZE: u32 = 64u;
override ROWS: u32 = 2u;
@group(0) @binding(0) var<storage, read> w: array<vec4u>;            // [M, K/64] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;      // [M]
@group(0) @binding(2) var<storage, read> q: array<vec4u>;            // [C, K/16]
@group(0) @binding(3) var<storage, read> q_scale: array<f32>;        // [C]
@group(0) @binding(4) var<storage, read_write> out: array<f32>;      // [C, M]
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(WG_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) index: u32,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let cells = params.k / 64u;
  let first_row = (group.x + group.y * grid.x) * WG_SIZE * ROWS;
  if (first_row >= params.m) {
    return; // the whole workgroup
  }
  let row = first_row + index * ROWS;
  // Rows beyond the end repeat the last one; they are not written.
  let begin = min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(params.m - 1u)) * cells;
  let x = group.z * cells * 4u + lane % 4u;
  var sum = vec4i(0);
  for (var c = 0u; c < cells; c++) {
    let own = q[x + 4u * c];
    let x_0 = quadBroadcast(own, 0u);
    let x_1 = quadBroadcast(own, 1u);
    let x_2 = quadBroadcast(own, 2u);
    let x_3 = quadBroadcast(own, 3u);
    sum.x += dot_cell(w[begin.x + c], x_0, x_1, x_2, x_3);
    if (ROWS > 1u) {
      sum.y += dot_cell(w[begin.y + c], x_0, x_1, x_2, x_3);
    }
    if (ROWS > 2u) {
      sum.z += dot_cell(w[begin.z + c], x_0, x_1, x_2, x_3);
      sum.w += dot_cell(w[begin.w + c], x_0, x_1, x_2, x_3);
    }
  }
  sum >>= vec4u(DOT_SHIFT);
  let scale = q_scale[group.z];
  let at = group.z * params.m;
  for (var i = 0u; i < ROWS; i++) {
    let m = row + i;
    if (m < params.m) {
      out[at + m] = finish(out[at + m], sum[i], scale * row_scale[m], params.accumulate);
    }
  }
}
