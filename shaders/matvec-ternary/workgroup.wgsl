// matvec-ternary/workgroup: four rows by a team of invocations, reduced through workgroup memory.
// out[C, M] f32 (+)= (W[M, K] ternary . q[C, K] i8) * (q_scale[C] * row_scale[M]), column C = workgroup z
// Layout: W is T2 or P by the part joined (dot_cell); q is int8 or bit planes to match.  K % 64 == 0.
// Geometry: 64 invocations; L = min(64, power of two that covers the cells of a row) of them share 4 rows.
// Requires: what the layout part requires.
// Cost: reads M*K/4 bytes of W once, four 16-byte loads in flight per invocation; bound by memory.
const WG_SIZE = 64u;
@group(0) @binding(0) var<storage, read> w: array<vec4u>;            // [M, K/64] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;      // [M]
@group(0) @binding(2) var<storage, read> q: array<vec4u>;            // [C, K/16]
@group(0) @binding(3) var<storage, read> q_scale: array<f32>;        // [C]
@group(0) @binding(4) var<storage, read_write> out: array<f32>;      // [C, M]
@group(0) @binding(5) var<uniform> params: Params;

var<workgroup> partial: array<vec4i, 64>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let cells = params.k / 64u;
  var lanes = 1u;
  while (lanes < cells && lanes < WG_SIZE) {
    lanes *= 2u;
  }
  let member = index % lanes;
  let row = ((group.x + group.y * grid.x) * (WG_SIZE / lanes) + index / lanes) * 4u;
  let last = select(0u, cells, row < params.m);
  // Rows beyond the end repeat the last one; they are not written.
  let rows = min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(params.m - 1u)) * cells;
  let x = group.z * cells * 4u;
  var sum = vec4i(0);
  for (var c = member; c < last; c += lanes) {
    let w_0 = w[rows.x + c];
    let w_1 = w[rows.y + c];
    let w_2 = w[rows.z + c];
    let w_3 = w[rows.w + c];
    let x_0 = q[x + 4u * c];
    let x_1 = q[x + 4u * c + 1u];
    let x_2 = q[x + 4u * c + 2u];
    let x_3 = q[x + 4u * c + 3u];
    sum += vec4i(
      dot_cell(w_0, x_0, x_1, x_2, x_3),
      dot_cell(w_1, x_0, x_1, x_2, x_3),
      dot_cell(w_2, x_0, x_1, x_2, x_3),
      dot_cell(w_3, x_0, x_1, x_2, x_3),
    );
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
  let rows_here = (WG_SIZE / lanes) * 4u;
  let first_row = (group.x + group.y * grid.x) * rows_here;
  for (var i = index; i < rows_here; i += WG_SIZE) {
    let m = first_row + i;
    if (m < params.m) {
      let total = partial[(i / 4u) * lanes][i % 4u] >> DOT_SHIFT;
      let at = group.z * params.m + m;
      out[at] = finish(out[at], total, q_scale[group.z] * row_scale[m], params.accumulate);
    }
  }
}
