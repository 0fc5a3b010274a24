// quantize/subgroup: as naive, with a subgroup reduction and one barrier instead of eighteen.
// q[T, K] i8 = rne(x * 127 / a), scale[T] = a / 127, a = max(|x|, 1e-5)
// Geometry: workgroup t handles token t; WG_SIZE invocations stride over K/4 groups of four.
// Requires: subgroups (any size).  K % 4 == 0.  Overrides: WG_SIZE (4..256).
// Cost: as naive; on CPU adapters the barriers saved are most of the time.
enable subgroups;
override WG_SIZE: u32 = 128u;
struct Params { k: u32 }
@group(0) @binding(0) var<storage, read> x: array<vec4f>;               // [T, K/4]
@group(0) @binding(1) var<storage, read_write> q: array<u32>;           // [T, K/4] four i8 each
@group(0) @binding(2) var<storage, read_write> scale: array<f32>;       // [T]
@group(0) @binding(3) var<uniform> params: Params;

var<workgroup> partial: array<f32, 256>; // the maximum of each subgroup at its first lane, zero elsewhere

@compute @workgroup_size(WG_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) index: u32,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(subgroup_size) lanes: u32,
) {
  let words = params.k / 4u;
  let base = group.x * words;
  var largest = 0.0;
  for (var i = index; i < words; i += WG_SIZE) {
    let a = abs(x[base + i]);
    largest = max(largest, max(max(a.x, a.y), max(a.z, a.w)));
  }
  largest = subgroupMax(largest);
  partial[index] = select(0.0, largest, lane == 0u);
  workgroupBarrier(); // publishes one maximum per subgroup, zeros elsewhere
  var absmax = 1e-5;
  for (var i = lane; i < WG_SIZE; i += lanes) {
    absmax = max(absmax, partial[i]);
  }
  absmax = subgroupMax(absmax);
  let to_code = 127.0 / absmax;
  for (var i = index; i < words; i += WG_SIZE) {
    q[base + i] = pack_int8(vec4i(round(x[base + i] * to_code)));
  }
  if (index == 0u) {
    scale[group.x] = absmax / 127.0;
  }
}
