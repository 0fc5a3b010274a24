// matmul-ternary/real-tiled: 64 rows by 64 tokens per workgroup, operands staged as floats, for devices
//   without packed dot products in hardware. The integer parts stay exact, see Sums.
// out[T, M] f32 (+)= (q[T, K] i8 . W[M, K] ternary) * (q_scale[T] * row_scale[M])
// Layout: W is P, q its bit planes, see shaders/layouts/p.  K % 64 == 0, K < 131072.
// Geometry: x = 64 rows, y = 64 tokens; 256 invocations, each 4 by 4; K in steps of 32 (half a cell).
// Requires: what the part with Real4 requires.
// Cost: planes become floats once per 64 rows or tokens; 8 reads of workgroup memory feed 64 products.
@group(0) @binding(0) var<storage, read> w: array<vec4u>;            // [M, K/64] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;      // [M]
@group(0) @binding(2) var<storage, read> q: array<vec4u>;            // [T, K/32, 2] planes 0..3 and 4..7
@group(0) @binding(3) var<storage, read> q_scale: array<f32>;        // [T]
@group(0) @binding(4) var<storage, read_write> out: array<f32>;      // [T, M]
@group(0) @binding(5) var<uniform> params: Params;

fn store(t: u32, row: u32, sum: vec4f) {
  if (t >= params.tokens) {
    return;
  }
  for (var i = 0u; i < 4u; i++) {
    let m = row + 16u * i;
    if (m < params.m) {
      let at = t * params.m + m;
      out[at] = finish(out[at], i32(sum[i]), q_scale[t] * row_scale[m], params.accumulate);
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
  var y_0 = vec4f(0.0);
  var y_1 = vec4f(0.0);
  var y_2 = vec4f(0.0);
  var y_3 = vec4f(0.0);
  for (var c = 0u; c < cells; c++) {
    let cell = w[w_at + c];
    var s_0 = Sums();
    var s_1 = Sums();
    var s_2 = Sums();
    var s_3 = Sums();
    for (var h = 0u; h < 2u; h++) {
      let planes = q_at + 4u * c + 2u * h;
      stage(index, cell, q[planes], q[planes + 1u], h);
      workgroupBarrier(); // publishes the operands of this step
      for (var k = 0u; k < 8u; k++) {
        s_0 = add_products(k * TILE + r, tile_q[k * TILE + t], s_0);
        s_1 = add_products(k * TILE + r, tile_q[k * TILE + t + 16u], s_1);
        s_2 = add_products(k * TILE + r, tile_q[k * TILE + t + 32u], s_2);
        s_3 = add_products(k * TILE + r, tile_q[k * TILE + t + 48u], s_3);
      }
      workgroupBarrier(); // all have read; the tiles may be overwritten
    }
    y_0 += total(s_0);
    y_1 += total(s_1);
    y_2 += total(s_2);
    y_3 += total(s_3);
  }
  store(first_token + t, first_row + r, y_0);
  store(first_token + t + 16u, first_row + r, y_1);
  store(first_token + t + 32u, first_row + r, y_2);
  store(first_token + t + 48u, first_row + r, y_3);
}
