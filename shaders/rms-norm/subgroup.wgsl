// rms-norm/subgroup: as naive, with subgroup reductions and one barrier.
// out[row, K] = x[row, K] * gain / sqrt(mean(x^2) + epsilon);
//   with last_only, row tokens - 1 of x goes to row 0 of out
// Geometry: workgroup t handles row t; WG_SIZE invocations stride over K/4 groups of four.
// Requires: subgroups (any size).  K % 4 == 0.  Overrides: WG_SIZE (4..256).
// Cost: reads x twice (the second time from cache); bound by latency.
enable subgroups;
override WG_SIZE: u32 = 128u;
struct Params { k: u32, epsilon: f32, last_only: u32 }
@group(0) @binding(0) var<storage, read> x: array<vec4f>;               // [T, K/4]
@group(0) @binding(1) var<storage, read> gain: array<vec4f>;            // [K/4]
@group(0) @binding(2) var<storage, read> state: State;
@group(0) @binding(3) var<storage, read_write> out: array<vec4f>;       // [T, K/4] or [1, K/4]
@group(0) @binding(4) var<uniform> params: Params;

var<workgroup> partial: array<f32, 256>; // the sum of each subgroup at its first lane, zero elsewhere

@compute @workgroup_size(WG_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) index: u32,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(subgroup_size) lanes: u32,
) {
  let words = params.k / 4u;
  let base = select(group.x, state.tokens - 1u, params.last_only == 1u) * words;
  var sum = 0.0;
  for (var i = index; i < words; i += WG_SIZE) {
    let v = x[base + i];
    sum += dot(v, v);
  }
  sum = subgroupAdd(sum);
  partial[index] = select(0.0, sum, lane == 0u);
  workgroupBarrier(); // publishes one partial sum per subgroup, zeros elsewhere
  var total = 0.0;
  for (var i = lane; i < WG_SIZE; i += lanes) {
    total += partial[i];
  }
  let r = inverseSqrt(subgroupAdd(total) / f32(params.k) + params.epsilon);
  for (var i = index; i < words; i += WG_SIZE) {
    out[group.x * words + i] = x[base + i] * gain[i] * r;
  }
}
