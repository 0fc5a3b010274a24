// outlier-product/quads: four rows per invocation; the four of a quad gather the activations together.
// out[C, first_row + M] f32 += outlier_scale[M] * sum over J of outlier_w[M, J] * x[C, index[J]],
//   x[C, K] = q_scale[C, K / block] * q[C, K], column C = workgroup z
// Geometry: workgroups of 32 invocations of four rows each.
// Requires: subgroups (any size).  outliers % 16 == 0, block % 16 == 0.
// Cost: reads the outliers once, and per 16 of them four gathered activations for four rows. For CPU
//   adapters, where shifts cost more than masks: a byte stays in its place in the word, the activation that
//   meets it is divided by what that is worth, and the three lower bytes are made unsigned.
enable subgroups;
const FLIPPED = vec4i(0x00808080); // adds 128 to each of the three
@group(0) @binding(0) var<storage, read> outlier_w: array<vec4i>;       // [M, J/16] sixteen int8 each
@group(0) @binding(1) var<storage, read> outlier_scale: array<f32>;     // [M]
@group(0) @binding(2) var<storage, read> outlier_index: array<u32>;     // [J] columns
@group(0) @binding(3) var<storage, read> q: array<i32>;                 // [C, K/4] four int8 each
@group(0) @binding(4) var<storage, read> q_scale: array<f32>;           // [C, K / block]
@group(0) @binding(5) var<storage, read_write> out: array<f32>;         // [C, stride]
@group(0) @binding(6) var<uniform> params: Params;

// Sixteen outliers times their activations: x_i of those in byte i of the four words.
fn dot_row(codes: vec4i, x_0: vec4f, x_1: vec4f, x_2: vec4f, x_3: vec4f) -> f32 {
  let w = codes ^ FLIPPED;
  return dot(vec4f(w & vec4i(0xFF)), x_0) + dot(vec4f(w & vec4i(0xFF00)), x_1)
    + dot(vec4f(w & vec4i(0xFF0000)), x_2) + dot(vec4f(w & vec4i(bitcast<i32>(0xFF000000u))), x_3);
}

@compute @workgroup_size(32)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) index: u32,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let first_row = (group.x + group.y * grid.x) * 128u;
  if (first_row >= params.m) {
    return; // the whole workgroup
  }
  let row = first_row + index * 4u;
  let cells = params.outliers / 16u;
  // Rows beyond the end repeat the last one; they are not written.
  let begin = min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(params.m - 1u)) * cells;
  let byte = lane & 3u;
  let worth = select(select(0x1p-24f, 0x1p-16f, byte == 2u), select(0x1p-8f, 1.0, byte == 0u), byte < 2u);
  var sum = vec4f(0.0);
  for (var c = 0u; c < cells; c++) {
    let j = 16u * c + byte;
    let at = vec4u(outlier_index[j], outlier_index[j + 4u], outlier_index[j + 8u], outlier_index[j + 12u]);
    let own = gather(group.z, at) * worth;
    let x_0 = quadBroadcast(own, 0u);
    let x_1 = quadBroadcast(own, 1u);
    let x_2 = quadBroadcast(own, 2u);
    let x_3 = quadBroadcast(own, 3u);
    // Exact with one scale for all activations: less than 16 * 255 * 128 before the subtraction.
    let part = vec4f(
      dot_row(outlier_w[begin.x + c], x_0, x_1, x_2, x_3),
      dot_row(outlier_w[begin.y + c], x_0, x_1, x_2, x_3),
      dot_row(outlier_w[begin.z + c], x_0, x_1, x_2, x_3),
      dot_row(outlier_w[begin.w + c], x_0, x_1, x_2, x_3),
    );
    sum += part - dot(x_0 * 0x1p7f + x_1 * 0x1p15f + x_2 * 0x1p23f, vec4f(1.0));
  }
  add_rows(row, sum, group.z);
}
