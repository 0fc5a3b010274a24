// matmul-float/tiled: 64 rows by 64 tokens per workgroup, operands staged in workgroup memory.
// out[t * stride + first_row + m] f32 (+)= sum over K of (scale[M, K / group] * W[M, K] +
//   minimum[M, K / group]) * x[T, K]
// Layout: of W by the part joined (cell_part).  K a multiple of a cell and of 16, group % 16 == 0.
// Geometry: x = 64 rows, y = 64 tokens; 256 invocations, each 4 by 4; K in steps of 16 columns,
//   which share a scale.
// Requires: nothing.
// Cost: a weight is unpacked and scaled once per 64 tokens; 8 reads of workgroup memory feed 16
//   dot products of 4.
const TILE = 64u;
@group(0) @binding(0) var<storage, read> w: array<vec4u>;            // [M, K / CELL_COLUMNS] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;      // [M, K / group]
@group(0) @binding(2) var<storage, read> row_min: array<f32>;        // [M, K / group] if params.minima
@group(0) @binding(3) var<storage, read> x: array<vec4f>;            // [T, K/4]
@group(0) @binding(4) var<storage, read_write> out: array<f32>;      // [T, stride]
@group(0) @binding(5) var<uniform> params: Params;

// [quarter of the step][row or token]: 4 columns each.
var<workgroup> tile_w: array<vec4f, 256>;
var<workgroup> tile_x: array<vec4f, 256>;

fn dot_four(a_0: vec4f, a_1: vec4f, a_2: vec4f, a_3: vec4f, v: vec4f) -> vec4f {
  return vec4f(dot(a_0, v), dot(a_1, v), dot(a_2, v), dot(a_3, v));
}

// Columns 4 * part .. 4 * part + 3 of row m, scaled if scales_within().
fn load_weights(m: u32, part: u32) -> vec4f {
  let cell = w[m * (params.k / CELL_COLUMNS) + part / CELL_PARTS];
  var v = cell_part(cell, part % CELL_PARTS);
  let group_at = m * (params.k / params.group) + 4u * part / params.group;
  if (scales_within()) {
    v *= row_scale[group_at];
  }
  if (params.minima != 0u) {
    v += vec4f(row_min[group_at]);
  }
  return v;
}

fn store(t: u32, row: u32, sum: vec4f) {
  for (var i = 0u; i < 4u && t < params.tokens; i++) {
    let m = row + 16u * i;
    if (m < params.m) {
      let at = t * params.stride + params.first_row + m;
      out[at] = finish_float(out[at], sum[i], m);
    }
  }
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let parts = params.k / 4u;
  let first_row = group.x * TILE;
  let first_token = group.y * TILE;
  // Loading: invocation (entry, quarter). Entries beyond the end repeat the last one; they are not written.
  let entry = index % TILE;
  let quarter = index / TILE;
  let w_row = min(first_row + entry, params.m - 1u);
  let x_at = min(first_token + entry, params.tokens - 1u) * parts;
  // Computing: rows r, r + 16, r + 32, r + 48, so that consecutive invocations read consecutive entries.
  let r = index % 16u;
  let t = index / 16u;
  var sum_0 = vec4f(0.0);
  var sum_1 = vec4f(0.0);
  var sum_2 = vec4f(0.0);
  var sum_3 = vec4f(0.0);
  for (var p = 0u; p < parts; p += 4u) {
    tile_w[index] = load_weights(w_row, p + quarter);
    tile_x[index] = x[x_at + p + quarter];
    workgroupBarrier(); // publishes the operands of this step
    for (var k = 0u; k < 4u; k++) {
      let at_w = k * TILE + r;
      let at_x = k * TILE + t;
      let a_0 = tile_w[at_w];
      let a_1 = tile_w[at_w + 16u];
      let a_2 = tile_w[at_w + 32u];
      let a_3 = tile_w[at_w + 48u];
      sum_0 += dot_four(a_0, a_1, a_2, a_3, tile_x[at_x]);
      sum_1 += dot_four(a_0, a_1, a_2, a_3, tile_x[at_x + 16u]);
      sum_2 += dot_four(a_0, a_1, a_2, a_3, tile_x[at_x + 32u]);
      sum_3 += dot_four(a_0, a_1, a_2, a_3, tile_x[at_x + 48u]);
    }
    workgroupBarrier(); // all have read; the tiles may be overwritten
  }
  store(first_token + t, first_row + r, sum_0);
  store(first_token + t + 16u, first_row + r, sum_1);
  store(first_token + t + 32u, first_row + r, sum_2);
  store(first_token + t + 48u, first_row + r, sum_3);
}
