// matmul-int8/real-tiled: 64 rows by 64 tokens per workgroup, operands staged as floats, for devices
//   without packed dot products in hardware. The integer parts stay exact.
// out[t * stride + first_row + m] f32 (+)= sum over K of (scale[M, K / group] * W[M, K] +
//   minimum[M, K / group])
//   * q_scale[T, K / block] * q[T, K]
// Layout: W is P, q its bit planes, see shaders/layouts/p.  K % 64 == 0, group and block % 32 == 0.
// Geometry: x = 64 rows, y = 64 tokens; 256 invocations, each 4 by 4; K in steps of 32 (half a cell).
// Requires: what the part with Real4 requires.
// Cost: planes become floats once per 64 rows or tokens; 8 reads of workgroup memory feed 64 products.
@group(0) @binding(0) var<storage, read> w: array<vec4u>;            // [M, K/64] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;      // [M, K / group]
@group(0) @binding(2) var<storage, read> row_min: array<f32>;        // [M, K / group] if params.minima
@group(0) @binding(3) var<storage, read> q: array<vec4u>;            // [T, K/32, 2] planes 0..3 and 4..7
@group(0) @binding(4) var<storage, read> q_scale: array<f32>;        // [T, K / block]
@group(0) @binding(5) var<storage, read_write> out: array<f32>;      // [T, stride]
@group(0) @binding(6) var<uniform> params: Params;

const CELL_COLUMNS = 64u;
const CELL_SPANS = 4u; // spans of 16 columns per cell

// Scales of four rows; minima are zero where there are none.
struct Scales { scale: vec4f, minimum: vec4f }

fn scales_of(rows: vec4u, column: u32) -> Scales {
  let at = rows * (params.k / params.group) + vec4u(column / params.group);
  let scale = vec4f(row_scale[at.x], row_scale[at.y], row_scale[at.z], row_scale[at.w]);
  if (params.minima == 0u) {
    return Scales(scale, vec4f(0.0));
  }
  return Scales(scale, vec4f(row_min[at.x], row_min[at.y], row_min[at.z], row_min[at.w]));
}

// Adds 32 columns of a token: `at` is its place in the tile.
fn add_token(y: vec4f, t: u32, at: u32, r: u32, column: u32, scales: Scales) -> vec4f {
  var s = Sums();
  var x_sum = Real4();
  for (var k = 0u; k < 8u; k++) {
    let x = tile_q[k * TILE + at];
    s = add_products(k * TILE + r, x, s);
    x_sum += x;
  }
  let token = min(t, params.tokens - 1u);
  let x_scale = q_scale[token * (params.k / params.block) + column / params.block];
  return y + (total(s) * scales.scale + scales.minimum * sum_of(x_sum)) * x_scale;
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
  let cells = params.k / 64u;
  let first_row = group.x * TILE;
  let first_token = group.y * TILE;
  // Entries beyond the end repeat the last one; they are not written.
  let w_at = min(first_row + index % TILE, params.m - 1u) * cells;
  let q_at = min(first_token + index % TILE, params.tokens - 1u) * cells * 4u;
  // Computing: rows r, r + 16, r + 32, r + 48, so that consecutive invocations read consecutive entries.
  let r = index % 16u;
  let t = index / 16u;
  let rows = min(vec4u(first_row + r) + vec4u(0u, 16u, 32u, 48u), vec4u(params.m - 1u));
  let token = first_token + t;
  var y_0 = vec4f(0.0);
  var y_1 = vec4f(0.0);
  var y_2 = vec4f(0.0);
  var y_3 = vec4f(0.0);
  for (var step = 0u; step < 2u * cells; step++) {
    let planes = q_at + 2u * step;
    stage(index, w[w_at + step / 2u], q[planes], q[planes + 1u], step % 2u);
    workgroupBarrier(); // publishes the operands of this step
    let column = 32u * step;
    let scales = scales_of(rows, column);
    y_0 = add_token(y_0, token, t, r, column, scales);
    y_1 = add_token(y_1, token + 16u, t + 16u, r, column, scales);
    y_2 = add_token(y_2, token + 32u, t + 32u, r, column, scales);
    y_3 = add_token(y_3, token + 48u, t + 48u, r, column, scales);
    workgroupBarrier(); // all have read; the tiles may be overwritten
  }
  store(token, first_row + r, y_0);
  store(token + 16u, first_row + r, y_1);
  store(token + 32u, first_row + r, y_2);
  store(token + 48u, first_row + r, y_3);
}
