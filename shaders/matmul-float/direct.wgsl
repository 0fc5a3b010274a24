// matmul-float/direct: 4 rows by 4 tokens per invocation, from global memory, without barriers.
// out[t * stride + first_row + m] f32 (+)= sum over K of (scale[M, K / group] * W[M, K] +
//   minimum[M, K / group]) * x[T, K]
// Layout: of W by the part joined (cell_part).  K a multiple of a cell, group % 16 == 0.
// Geometry: 64 invocations = 16 by 4: a workgroup covers 64 rows and 16 tokens.
// Requires: nothing.
// Cost: a weight and its unpacking serve 4 tokens, an activation serves 4 rows; leans on the caches.
@group(0) @binding(0) var<storage, read> w: array<vec4u>;            // [M, K / CELL_COLUMNS] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;      // [M, K / group]
@group(0) @binding(2) var<storage, read> row_min: array<f32>;        // [M, K / group] if params.minima
@group(0) @binding(3) var<storage, read> x: array<vec4f>;            // [T, K/4]
@group(0) @binding(4) var<storage, read_write> out: array<f32>;      // [T, stride]
@group(0) @binding(5) var<uniform> params: Params;

const CELL_SPANS = CELL_PARTS / SPAN_PARTS;

fn store(t: u32, row: u32, sum: vec4f) {
  for (var i = 0u; i < 4u && t < params.tokens; i++) {
    let m = row + i;
    if (m < params.m) {
      let at = t * params.stride + params.first_row + m;
      out[at] = finish_float(out[at], sum[i], m);
    }
  }
}

fn load_scales(at: vec4u) -> vec4f {
  return vec4f(row_scale[at.x], row_scale[at.y], row_scale[at.z], row_scale[at.w]);
}

fn load_minima(at: vec4u) -> vec4f {
  return vec4f(row_min[at.x], row_min[at.y], row_min[at.z], row_min[at.w]);
}

@compute @workgroup_size(16, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x * 4u;
  let token = id.y * 4u;
  if (row >= params.m || token >= params.tokens) {
    return;
  }
  let cells = params.k / CELL_COLUMNS;
  let groups = params.k / params.group;
  // Rows and tokens beyond the end repeat the last one; they are not written.
  let rows = min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(params.m - 1u));
  let tokens = min(vec4u(token, token + 1u, token + 2u, token + 3u), vec4u(params.tokens - 1u));
  let x_at = tokens * (params.k / 4u);
  let w_at = rows * cells;
  var sum_0 = vec4f(0.0);
  var sum_1 = vec4f(0.0);
  var sum_2 = vec4f(0.0);
  var sum_3 = vec4f(0.0);
  for (var c = 0u; c < cells; c++) {
    let w_0 = w[w_at.x + c];
    let w_1 = w[w_at.y + c];
    let w_2 = w[w_at.z + c];
    let w_3 = w[w_at.w + c];
    for (var s = 0u; s < CELL_SPANS; s++) {
      let first = c * CELL_PARTS + s * SPAN_PARTS;
      let at = rows * groups + vec4u(4u * first / params.group);
      var scale = vec4f(1.0);
      var minimum = vec4f(0.0);
      if (scales_within()) {
        scale = load_scales(at);
      }
      if (params.minima != 0u) {
        minimum = load_minima(at);
      }
      for (var j = 0u; j < SPAN_PARTS; j++) {
        let i = s * SPAN_PARTS + j;
        let a_0 = cell_part(w_0, i) * scale.x + vec4f(minimum.x);
        let a_1 = cell_part(w_1, i) * scale.y + vec4f(minimum.y);
        let a_2 = cell_part(w_2, i) * scale.z + vec4f(minimum.z);
        let a_3 = cell_part(w_3, i) * scale.w + vec4f(minimum.w);
        let b = x_at + vec4u(first + j);
        sum_0 += dot_four(a_0, a_1, a_2, a_3, x[b.x]);
        sum_1 += dot_four(a_0, a_1, a_2, a_3, x[b.y]);
        sum_2 += dot_four(a_0, a_1, a_2, a_3, x[b.z]);
        sum_3 += dot_four(a_0, a_1, a_2, a_3, x[b.w]);
      }
    }
  }
  store(token, row, sum_0);
  store(token + 1u, row, sum_1);
  store(token + 2u, row, sum_2);
  store(token + 3u, row, sum_3);
}

fn dot_four(a_0: vec4f, a_1: vec4f, a_2: vec4f, a_3: vec4f, v: vec4f) -> vec4f {
  return vec4f(dot(a_0, v), dot(a_1, v), dot(a_2, v), dot(a_3, v));
}
