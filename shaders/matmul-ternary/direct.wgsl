// matmul-ternary/direct: 4 rows by 2 tokens per invocation, from global memory, without barriers.
// out[T, M] f32 (+)= (q[T, K] i8 . W[M, K] ternary) * (q_scale[T] * row_scale[M])
// Layout: W is T2 or P by the part joined (dot_cell); q is int8 or bit planes to match.  K % 64 == 0.
// Geometry: 128 invocations = 16 by 8: a workgroup covers 64 rows and 16 tokens.
// Requires: what the layout part requires.
// Cost: a cell and its unpacking serve 2 tokens, 64 bytes of activations serve 4 rows; leans on the caches.
@group(0) @binding(0) var<storage, read> w: array<vec4u>;            // [M, K/64] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;      // [M]
@group(0) @binding(2) var<storage, read> q: array<vec4u>;            // [T, K/16]
@group(0) @binding(3) var<storage, read> q_scale: array<f32>;        // [T]
@group(0) @binding(4) var<storage, read_write> out: array<f32>;      // [T, M]
@group(0) @binding(5) var<uniform> params: Params;

fn store(t: u32, row: u32, sum: vec4i) {
  if (t >= params.tokens) {
    return;
  }
  let scale = q_scale[t];
  for (var i = 0u; i < 4u; i++) {
    let m = row + i;
    if (m < params.m) {
      let at = t * params.m + m;
      out[at] = finish(out[at], sum[i] >> DOT_SHIFT, scale * row_scale[m], params.accumulate);
    }
  }
}

@compute @workgroup_size(16, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x * 4u;
  let token = id.y * 2u;
  if (row >= params.m || token >= params.tokens) {
    return;
  }
  let cells = params.k / 64u;
  // Rows and tokens beyond the end repeat the last one; they are not written.
  let rows = min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(params.m - 1u)) * cells;
  let tokens = min(vec2u(token, token + 1u), vec2u(params.tokens - 1u)) * cells * 4u;
  var sum_0 = vec4i(0);
  var sum_1 = vec4i(0);
  for (var c = 0u; c < cells; c++) {
    let w_0 = w[rows.x + c];
    let w_1 = w[rows.y + c];
    let w_2 = w[rows.z + c];
    let w_3 = w[rows.w + c];
    sum_0 += dot_rows(w_0, w_1, w_2, w_3, tokens.x + 4u * c);
    sum_1 += dot_rows(w_0, w_1, w_2, w_3, tokens.y + 4u * c);
  }
  store(token, row, sum_0);
  store(token + 1u, row, sum_1);
}

fn dot_rows(w_0: vec4u, w_1: vec4u, w_2: vec4u, w_3: vec4u, at: u32) -> vec4i {
  let x_0 = q[at];
  let x_1 = q[at + 1u];
  let x_2 = q[at + 2u];
  let x_3 = q[at + 3u];
  return vec4i(
    dot_cell(w_0, x_0, x_1, x_2, x_3),
    dot_cell(w_1, x_0, x_1, x_2, x_3),
    dot_cell(w_2, x_0, x_1, x_2, x_3),
    dot_cell(w_3, x_0, x_1, x_2, x_3),
  );
}
