// matmul-int8/direct: 4 rows by 2 tokens per invocation, from global memory, without barriers.
// out[t * stride + first_row + m] f32 (+)= sum over K of (scale[M, K / group] * W[M, K] +
//   minimum[M, K / group])
//   * q_scale[T, K / block] * q[T, K]
// Layout: of W by the part joined (span_bytes).  K a multiple of a cell and of 64, group and block % 16 == 0.
// Geometry: 64 invocations = 16 by 4: a workgroup covers 64 rows and 8 tokens.
// Requires: what the dot16 joined requires.
// Cost: a code and its unpacking serve 2 tokens, an activation serves 4 rows; leans on the caches.
@group(0) @binding(0) var<storage, read> w: array<vec4u>;            // [M, K / CELL_COLUMNS] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;      // [M, K / group]
@group(0) @binding(2) var<storage, read> row_min: array<f32>;        // [M, K / group] if params.minima
@group(0) @binding(3) var<storage, read> q: array<vec4u>;            // [T, K/16] sixteen int8 each
@group(0) @binding(4) var<storage, read> q_scale: array<f32>;        // [T, K / block]
@group(0) @binding(5) var<storage, read_write> out: array<f32>;      // [T, stride]
@group(0) @binding(6) var<uniform> params: Params;

const ONES = vec4u(0x01010101u);

fn store(t: u32, row: u32, sum: vec4f) {
  for (var i = 0u; i < 4u && t < params.tokens; i++) {
    let m = row + i;
    if (m < params.m) {
      let at = t * params.stride + params.first_row + m;
      out[at] = finish_int8(out[at], sum[i]);
    }
  }
}

// f32 of integer sums over columns of one group and one block that begin at `column`.
fn scale_rows(sum: vec4i, x_sum: i32, rows: vec4u, token: u32, column: u32) -> vec4f {
  let at = rows * (params.k / params.group) + vec4u(column / params.group);
  let scales = vec4f(row_scale[at.x], row_scale[at.y], row_scale[at.z], row_scale[at.w]);
  var y = vec4f(sum >> vec4u(SPAN_SHIFT)) * scales;
  if (params.minima != 0u) {
    y += f32(x_sum) * vec4f(row_min[at.x], row_min[at.y], row_min[at.z], row_min[at.w]);
  }
  return y * q_scale[token * (params.k / params.block) + column / params.block];
}

fn dot_four(a_0: vec4u, a_1: vec4u, a_2: vec4u, a_3: vec4u, v: vec4u) -> vec4i {
  return vec4i(dot16(a_0, v), dot16(a_1, v), dot16(a_2, v), dot16(a_3, v));
}

@compute @workgroup_size(16, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x * 4u;
  let token = id.y * 2u;
  if (row >= params.m || token >= params.tokens) {
    return;
  }
  let cells = params.k / CELL_COLUMNS;
  // Rows and tokens beyond the end repeat the last one; they are not written.
  let rows = min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(params.m - 1u));
  let tokens = min(vec2u(token, token + 1u), vec2u(params.tokens - 1u));
  let q_at = tokens * (params.k / 16u);
  let run = spans_per_scale();
  var y_0 = vec4f(0.0);
  var y_1 = vec4f(0.0);
  for (var c = 0u; c < cells; c++) {
    let at = rows * cells + vec4u(c);
    let w_0 = w[at.x];
    let w_1 = w[at.y];
    let w_2 = w[at.z];
    let w_3 = w[at.w];
    var sum_0 = vec4i(0);
    var sum_1 = vec4i(0);
    var x_sum = vec2i(0);
    for (var s = 0u; s < CELL_SPANS; s++) {
      let a_0 = span_bytes(w_0, s);
      let a_1 = span_bytes(w_1, s);
      let a_2 = span_bytes(w_2, s);
      let a_3 = span_bytes(w_3, s);
      let v_0 = q[q_at.x + c * CELL_SPANS + s];
      let v_1 = q[q_at.y + c * CELL_SPANS + s];
      sum_0 += dot_four(a_0, a_1, a_2, a_3, v_0);
      sum_1 += dot_four(a_0, a_1, a_2, a_3, v_1);
      if (params.minima != 0u) {
        x_sum += vec2i(dot16(ONES, v_0), dot16(ONES, v_1));
      }
      if ((s + 1u) % run == 0u) {
        let column = c * CELL_COLUMNS + 16u * s;
        y_0 += scale_rows(sum_0, x_sum.x, rows, tokens.x, column);
        y_1 += scale_rows(sum_1, x_sum.y, rows, tokens.y, column);
        sum_0 = vec4i(0);
        sum_1 = vec4i(0);
        x_sum = vec2i(0);
      }
    }
  }
  store(token, row, y_0);
  store(token + 1u, row, y_1);
}
