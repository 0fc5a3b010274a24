// outlier-product/naive: four rows per invocation.
// out[C, first_row + M] f32 += outlier_scale[M] * sum over J of outlier_w[M, J] * x[C, index[J]],
//   x[C, K] = q_scale[C, K / block] * q[C, K], column C = workgroup z
// Geometry: workgroups of 64 invocations of four rows each, which share what they gather.
// Requires: nothing.  outliers % 16 == 0, block % 16 == 0.
// Cost: reads the outliers once, and per 16 of them 16 gathered activations for four rows.
@group(0) @binding(0) var<storage, read> outlier_w: array<vec4i>;       // [M, J/16] sixteen int8 each
@group(0) @binding(1) var<storage, read> outlier_scale: array<f32>;     // [M]
@group(0) @binding(2) var<storage, read> outlier_index: array<vec4u>;   // [J/4] columns
@group(0) @binding(3) var<storage, read> q: array<i32>;                 // [C, K/4] four int8 each
@group(0) @binding(4) var<storage, read> q_scale: array<f32>;           // [C, K / block]
@group(0) @binding(5) var<storage, read_write> out: array<f32>;         // [C, stride]
@group(0) @binding(6) var<uniform> params: Params;

fn bytes_of(word: i32) -> vec4f {
  return vec4f(vec4i(word << 24u, word << 16u, word << 8u, word) >> vec4u(24u));
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let row = ((group.x + group.y * grid.x) * 64u + index) * 4u;
  if (row >= params.m) {
    return;
  }
  // Rows beyond the end repeat the last one; they are not written.
  let rows = min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(params.m - 1u));
  let cells = params.outliers / 16u;
  var sum = vec4f(0.0);
  for (var c = 0u; c < cells; c++) {
    let x_0 = gather(group.z, outlier_index[4u * c]);
    let x_1 = gather(group.z, outlier_index[4u * c + 1u]);
    let x_2 = gather(group.z, outlier_index[4u * c + 2u]);
    let x_3 = gather(group.z, outlier_index[4u * c + 3u]);
    for (var i = 0u; i < 4u; i++) {
      let w = outlier_w[rows[i] * cells + c];
      sum[i] += dot(bytes_of(w.x), x_0) + dot(bytes_of(w.y), x_1)
        + dot(bytes_of(w.z), x_2) + dot(bytes_of(w.w), x_3);
    }
  }
  add_rows(row, sum, group.z);
}
