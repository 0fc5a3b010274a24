// matmul-int8/planes: 4 rows by 1 token per invocation, by bit planes and popcounts, without barriers.
// out[t * stride + first_row + m] f32 (+)= sum over K of (scale[M, K / group] * W[M, K] +
//   minimum[M, K / group])
//   * q_scale[T, K / block] * q[T, K]
// Layout: W is P, q holds bit planes (op bit-planes).  K % 64 == 0, group and block % 32 == 0.
// Geometry: 64 invocations = 16 by 4: a workgroup covers 64 rows and 4 tokens.
// Requires: nothing.
// Cost: 64 bytes of planes serve 4 rows; leans on the caches.
@group(0) @binding(0) var<storage, read> w: array<vec4u>;            // [M, K/64] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;      // [M, K / group]
@group(0) @binding(2) var<storage, read> row_min: array<f32>;        // [M, K / group] if params.minima
@group(0) @binding(3) var<storage, read> q: array<vec4u>;            // [T, K/16] bit planes
@group(0) @binding(4) var<storage, read> q_scale: array<f32>;        // [T, K / block]
@group(0) @binding(5) var<storage, read_write> out: array<f32>;      // [T, stride]
@group(0) @binding(6) var<uniform> params: Params;

@compute @workgroup_size(16, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x * 4u;
  let token = id.y;
  if (row >= params.m || token >= params.tokens) {
    return;
  }
  // Rows beyond the end repeat the last one; they are not written.
  let rows = min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(params.m - 1u));
  let q_at = token * (params.k / 16u);
  let scale_at = token * (params.k / params.block);
  var sum = vec4f(0.0);
  for (var c = 0u; c < params.k / CELL_COLUMNS; c++) {
    sum += dot_cell_rows(rows, c, q_at, scale_at);
  }
  for (var i = 0u; i < 4u; i++) {
    let m = row + i;
    if (m < params.m) {
      let at = token * params.stride + params.first_row + m;
      out[at] = finish_int8(out[at], sum[i]);
    }
  }
}
