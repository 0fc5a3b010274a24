// matmul-ternary/naive: one invocation per output.
// out[T, M] f32 (+)= (q[T, K] i8 . W[M, K] ternary) * (q_scale[T] * row_scale[M])
// Layout: W is T2 or P by the part joined (dot_cell); q is int8 or bit planes to match.  K % 64 == 0.
// Geometry: workgroups of 64 rows for one token; y = token.
// Requires: nothing.
// Cost: reads W once per token.
@group(0) @binding(0) var<storage, read> w: array<vec4u>;            // [M, K/64] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;      // [M]
@group(0) @binding(2) var<storage, read> q: array<vec4u>;            // [T, K/16]
@group(0) @binding(3) var<storage, read> q_scale: array<f32>;        // [T]
@group(0) @binding(4) var<storage, read_write> out: array<f32>;      // [T, M]
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let m = id.x;
  let t = id.y;
  if (m >= params.m || t >= params.tokens) {
    return;
  }
  let cells = params.k / 64u;
  var sum = 0;
  for (var c = 0u; c < cells; c++) {
    let x = 4u * (t * cells + c);
    sum += dot_cell(w[m * cells + c], q[x], q[x + 1u], q[x + 2u], q[x + 3u]) >> DOT_SHIFT;
  }
  let at = t * params.m + m;
  out[at] = finish(out[at], sum, q_scale[t] * row_scale[m], params.accumulate);
}
