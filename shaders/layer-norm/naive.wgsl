// layer-norm/naive: LayerNorm without gain and bias, one workgroup per row.
// out[row, K] = (x[row, K] - mean) / sqrt(mean((x - mean)^2) + epsilon);
//   with last_only, row tokens - 1 of x goes to row 0 of out
// Geometry: workgroup t handles row t; 256 invocations stride over K/4 groups of four.
// Requires: nothing.  K % 4 == 0.
// Cost: reads x three times (twice from cache); bound by latency.
struct Params { k: u32, epsilon: f32, last_only: u32 }
@group(0) @binding(0) var<storage, read> x: array<vec4f>;               // [T, K/4]
@group(0) @binding(1) var<storage, read> state: State;
@group(0) @binding(2) var<storage, read_write> out: array<vec4f>;       // [T, K/4] or [1, K/4]
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let words = params.k / 4u;
  let base = select(group.x, state.tokens - 1u, params.last_only == 1u) * words;
  var sum = 0.0;
  for (var i = index; i < words; i += 256u) {
    sum += dot(x[base + i], vec4f(1.0));
  }
  let mean = workgroup_sum_and_max(index, sum, 0.0).x / f32(params.k);
  var squares = 0.0;
  for (var i = index; i < words; i += 256u) {
    let v = x[base + i] - mean;
    squares += dot(v, v);
  }
  let variance = workgroup_sum_and_max(index, squares, 0.0).x / f32(params.k);
  let r = inverseSqrt(variance + params.epsilon);
  for (var i = index; i < words; i += 256u) {
    out[group.x * words + i] = (x[base + i] - mean) * r;
  }
}
