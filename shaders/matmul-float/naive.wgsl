// matmul-float/naive: one invocation per output.
// out[t * stride + first_row + m] f32 (+)= sum over K of (scale[M, K / group] * W[M, K] +
//   minimum[M, K / group]) * x[T, K]
// Layout: of W by the part joined (cell_part).  K a multiple of a cell, group % 16 == 0.
// Geometry: workgroups of 64 rows for one token; y = token.
// Requires: nothing.
// Cost: reads W once per token.
@group(0) @binding(0) var<storage, read> w: array<vec4u>;            // [M, K / CELL_COLUMNS] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;      // [M, K / group]
@group(0) @binding(2) var<storage, read> row_min: array<f32>;        // [M, K / group] if params.minima
@group(0) @binding(3) var<storage, read> x: array<vec4f>;            // [T, K/4]
@group(0) @binding(4) var<storage, read_write> out: array<f32>;      // [T, stride]
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let m = id.x;
  let t = id.y;
  if (m >= params.m || t >= params.tokens) {
    return;
  }
  let cells = params.k / CELL_COLUMNS;
  let groups = params.k / params.group;
  var sum = 0.0;
  for (var c = 0u; c < cells; c++) {
    let cell = w[m * cells + c];
    for (var i = 0u; i < CELL_PARTS; i++) {
      let group_at = m * groups + (c * CELL_COLUMNS + 4u * i) / params.group;
      let v = x[(t * cells + c) * CELL_PARTS + i];
      var part = dot(cell_part(cell, i), v);
      if (scales_within()) {
        part *= row_scale[group_at];
      }
      if (params.minima != 0u) {
        part += row_min[group_at] * dot(v, vec4f(1.0));
      }
      sum += part;
    }
  }
  let at = t * params.stride + params.first_row + m;
  out[at] = finish_float(out[at], sum, m);
}
