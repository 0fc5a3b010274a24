// quantize/naive: int8 absmax quantisation, one workgroup per token.
// q[T, K] i8 = rne(x * 127 / a), scale[T] = a / 127, a = max(|x|, 1e-5)
// Geometry: workgroup t handles token t; 256 invocations stride over K/4 groups of four.
// Requires: nothing.  K % 4 == 0.
// Cost: reads x twice (the second time from cache), writes K bytes; bound by latency.
struct Params { k: u32 }
@group(0) @binding(0) var<storage, read> x: array<vec4f>;               // [T, K/4]
@group(0) @binding(1) var<storage, read_write> q: array<u32>;           // [T, K/4] four i8 each
@group(0) @binding(2) var<storage, read_write> scale: array<f32>;       // [T]
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let words = params.k / 4u;
  let base = group.x * words;
  var largest = 0.0;
  for (var i = index; i < words; i += 256u) {
    let a = abs(x[base + i]);
    largest = max(largest, max(max(a.x, a.y), max(a.z, a.w)));
  }
  let absmax = max(workgroup_sum_and_max(index, 0.0, largest).y, 1e-5);
  let to_code = 127.0 / absmax;
  for (var i = index; i < words; i += 256u) {
    q[base + i] = pack_int8(vec4i(round(x[base + i] * to_code)));
  }
  if (index == 0u) {
    scale[group.x] = absmax / 127.0;
  }
}
