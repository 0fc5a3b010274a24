// matmul-int8/tiled: 64 rows by 64 tokens per workgroup, operands and scales staged in workgroup memory.
// out[t * stride + first_row + m] f32 (+)= sum over K of (scale[M, K / group] * W[M, K] +
//   minimum[M, K / group])
//   * q_scale[T, K / block] * q[T, K]
// Layout: of W by the part joined (span_bytes).  K a multiple of a cell and of 64, group and block % 16 == 0.
// Geometry: x = 64 rows, y = 64 tokens; 256 invocations, each 4 by 4; K in steps of 64 columns.
// Requires: what the dot16 joined requires.
// Cost: a code is unpacked once per 64 tokens; 8 reads of workgroup memory feed 16 dot products of 16.
const TILE = 64u;
@group(0) @binding(0) var<storage, read> w: array<vec4u>;            // [M, K / CELL_COLUMNS] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;      // [M, K / group]
@group(0) @binding(2) var<storage, read> row_min: array<f32>;        // [M, K / group] if params.minima
@group(0) @binding(3) var<storage, read> q: array<vec4u>;            // [T, K/16] sixteen int8 each
@group(0) @binding(4) var<storage, read> q_scale: array<f32>;        // [T, K / block]
@group(0) @binding(5) var<storage, read_write> out: array<f32>;      // [T, stride]
@group(0) @binding(6) var<uniform> params: Params;

// [quarter of the step][row or token]: 16 int8 each; their scale and minimum; activations: their
//   scale and sum.
var<workgroup> tile_w: array<vec4u, 256>;
var<workgroup> tile_q: array<vec4u, 256>;
var<workgroup> tile_w_scale: array<vec2f, 256>;
var<workgroup> tile_q_scale: array<vec2f, 256>;

fn dot_four(a_0: vec4u, a_1: vec4u, a_2: vec4u, a_3: vec4u, v: vec4u) -> vec4i {
  return vec4i(dot16(a_0, v), dot16(a_1, v), dot16(a_2, v), dot16(a_3, v));
}

fn stage(index: u32, m: u32, t: u32, span: u32) {
  let spans = params.k / 16u;
  let v = q[t * spans + span];
  tile_w[index] = span_bytes(w[m * (spans / CELL_SPANS) + span / CELL_SPANS], span % CELL_SPANS);
  tile_q[index] = v;
  let at = m * (params.k / params.group) + 16u * span / params.group;
  var minimum = 0.0;
  var x_sum = 0.0;
  if (params.minima != 0u) {
    minimum = row_min[at];
    x_sum = f32(dot16(vec4u(0x01010101u), v));
  }
  let scale = q_scale[t * (params.k / params.block) + 16u * span / params.block];
  tile_w_scale[index] = vec2f(row_scale[at] / f32(1u << SPAN_SHIFT), minimum);
  tile_q_scale[index] = vec2f(scale, scale * x_sum);
}

fn store(t: u32, row: u32, sum: vec4f) {
  for (var i = 0u; i < 4u && t < params.tokens; i++) {
    let m = row + 16u * i;
    if (m < params.m) {
      let at = t * params.stride + params.first_row + m;
      out[at] = finish_int8(out[at], sum[i]);
    }
  }
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let first_row = group.x * TILE;
  let first_token = group.y * TILE;
  // Loading: invocation (entry, quarter). Entries beyond the end repeat the last one; they are not written.
  let entry = index % TILE;
  let quarter = index / TILE;
  let w_row = min(first_row + entry, params.m - 1u);
  let q_row = min(first_token + entry, params.tokens - 1u);
  // Computing: rows r, r + 16, r + 32, r + 48, so that consecutive invocations read consecutive entries.
  let r = index % 16u;
  let t = index / 16u;
  // Spans of a step that share all scales; a minimum goes with the sum of one span.
  let alike = select(select(1u, 2u, one_scale_per(32u)), 4u, one_scale_per(64u));
  let run = select(alike, 1u, params.minima != 0u);
  var y: array<vec4f, 4>;
  var sum: array<vec4i, 4>;
  for (var span = 0u; span < params.k / 16u; span += 4u) {
    stage(index, w_row, q_row, span + quarter);
    workgroupBarrier(); // publishes the operands of this step
    for (var k = 0u; k < 4u; k++) {
      let at_w = k * TILE + r;
      let at_q = k * TILE + t;
      let a_0 = tile_w[at_w];
      let a_1 = tile_w[at_w + 16u];
      let a_2 = tile_w[at_w + 32u];
      let a_3 = tile_w[at_w + 48u];
      for (var i = 0u; i < 4u; i++) {
        sum[i] += dot_four(a_0, a_1, a_2, a_3, tile_q[at_q + 16u * i]);
      }
      if ((k + 1u) % run == 0u) {
        let s_0 = tile_w_scale[at_w];
        let s_1 = tile_w_scale[at_w + 16u];
        let s_2 = tile_w_scale[at_w + 32u];
        let s_3 = tile_w_scale[at_w + 48u];
        for (var i = 0u; i < 4u; i++) {
          let x = tile_q_scale[at_q + 16u * i];
          y[i] += vec4f(sum[i]) * vec4f(s_0.x, s_1.x, s_2.x, s_3.x) * x.x
            + vec4f(s_0.y, s_1.y, s_2.y, s_3.y) * x.y;
          sum[i] = vec4i(0);
        }
      }
    }
    workgroupBarrier(); // all have read; the tiles may be overwritten
  }
  for (var i = 0u; i < 4u; i++) {
    store(first_token + t + 16u * i, first_row + r, y[i]);
  }
}
