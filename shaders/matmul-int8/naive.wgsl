// matmul-int8/naive: one invocation per output, sixteen columns at a time.
// out[t * stride + first_row + m] f32 (+)= sum over K of (scale[M, K / group] * W[M, K] +
//   minimum[M, K / group])
//   * q_scale[T, K / block] * q[T, K]
// Layout: of W by the part joined (span_bytes).  K a multiple of a cell and of 64, group and block % 16 == 0.
// Geometry: workgroups of 64 rows for one token; y = token.
// Requires: nothing.
// Cost: reads W once per token.
@group(0) @binding(0) var<storage, read> w: array<vec4u>;            // [M, K / CELL_COLUMNS] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;      // [M, K / group]
@group(0) @binding(2) var<storage, read> row_min: array<f32>;        // [M, K / group] if params.minima
@group(0) @binding(3) var<storage, read> q: array<vec4u>;            // [T, K/16] sixteen int8 each
@group(0) @binding(4) var<storage, read> q_scale: array<f32>;        // [T, K / block]
@group(0) @binding(5) var<storage, read_write> out: array<f32>;      // [T, stride]
@group(0) @binding(6) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let m = id.x;
  let t = id.y;
  if (m >= params.m || t >= params.tokens) {
    return;
  }
  let cells = params.k / CELL_COLUMNS;
  let spans = params.k / 16u;
  var sum = 0.0;
  for (var span = 0u; span < spans; span++) {
    let at = m * (params.k / params.group) + 16u * span / params.group;
    let v = q[t * spans + span];
    let codes = span_bytes(w[m * cells + span / CELL_SPANS], span % CELL_SPANS);
    var part = f32(dot16(codes, v) >> SPAN_SHIFT) * row_scale[at];
    if (params.minima != 0u) {
      part += f32(dot16(vec4u(0x01010101u), v)) * row_min[at];
    }
    sum += part * q_scale[t * (params.k / params.block) + 16u * span / params.block];
  }
  let at = t * params.stride + params.first_row + m;
  out[at] = finish_int8(out[at], sum);
}
