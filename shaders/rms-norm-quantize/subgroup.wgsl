// rms-norm-quantize/subgroup: as naive, with subgroup reductions and one barrier instead of eighteen.
// q[T, K] i8 = rne(y * 127 / a), scale[T] = a / 127, y = x * gain / sqrt(mean(x^2) + epsilon), a = max(|y|,
//   1e-5)
// Geometry: workgroup t handles token t; WG_SIZE invocations stride over K/4 groups of four.
// Requires: subgroups (any size).  K % 4 == 0.  Overrides: WG_SIZE (4..256).
// Cost: as naive; on CPU adapters the barriers saved are most of the time.
enable subgroups;
override WG_SIZE: u32 = 128u;
struct Params { k: u32, epsilon: f32 }
@group(0) @binding(0) var<storage, read> x: array<vec4f>;               // [T, K/4]
@group(0) @binding(1) var<storage, read> gain: array<vec4f>;            // [K/4]
@group(0) @binding(2) var<storage, read_write> q: array<u32>;           // [T, K/4] four i8 each
@group(0) @binding(3) var<storage, read_write> scale: array<f32>;       // [T]
@group(0) @binding(4) var<uniform> params: Params;

var<workgroup> partial: array<vec2f, 256>; // (sum, max) of each subgroup: at most one per invocation

@compute @workgroup_size(WG_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) index: u32,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(subgroup_size) lanes: u32,
) {
  let words = params.k / 4u;
  let base = group.x * words;
  var sum = 0.0;
  var largest = 0.0;
  for (var i = index; i < words; i += WG_SIZE) {
    let v = x[base + i];
    let a = abs(v * gain[i]);
    sum += dot(v, v);
    largest = max(largest, max(max(a.x, a.y), max(a.z, a.w)));
  }
  sum = subgroupAdd(sum);
  largest = subgroupMax(largest);
  if (index < 256u) {
    partial[index] = vec2f(select(0.0, sum, lane == 0u), select(0.0, largest, lane == 0u));
  }
  workgroupBarrier(); // publishes one partial result per subgroup, zeros elsewhere
  var total = 0.0;
  var absmax = 0.0;
  for (var i = lane; i < WG_SIZE; i += lanes) {
    total += partial[i].x;
    absmax = max(absmax, partial[i].y);
  }
  // The norm's factor r cancels out of the codes: leaving it out saves roundings.
  // It counts only in the 1e-5 floor.
  let r = 1.0 / sqrt(subgroupAdd(total) / f32(params.k) + params.epsilon);
  let largest_product = max(subgroupMax(absmax), 1e-5 / r);
  let to_code = 127.0 / largest_product;
  for (var i = index; i < words; i += WG_SIZE) {
    q[base + i] = pack_int8(vec4i(round(x[base + i] * gain[i] * to_code)));
  }
  if (index == 0u) {
    scale[group.x] = largest_product * r / 127.0;
  }
}
