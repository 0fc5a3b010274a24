// head-norm/naive: RMSNorm with gain over each head of queries and keys, in place.
// qkv[t, h, Dh] = qkv[t, h, Dh] * gain / sqrt(mean(qkv[t, h, :]^2) + epsilon);
//   q_gain for h < H, k_gain for H <= h < H + G
// Geometry: workgroup (head, token); every one of the 64 invocations sums the whole head, then writes every
//   64th value: one barrier and no workgroup memory.
// Requires: nothing.  Dh even.
// Cost: reads each value 64 times, all but one from cache; bound by latency.
struct Params { heads: u32, kv_heads: u32, head_dim: u32, epsilon: f32 }
@group(0) @binding(0) var<storage, read> q_gain: array<f32>;            // [Dh]
@group(0) @binding(1) var<storage, read> k_gain: array<f32>;            // [Dh]
@group(0) @binding(2) var<storage, read_write> qkv: array<vec2f>;       // [T, H + 2G, Dh/2]
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let pairs = params.head_dim / 2u;
  let base = (group.y * (params.heads + 2u * params.kv_heads) + group.x) * pairs;
  var sum = 0.0;
  for (var i = 0u; i < pairs; i++) {
    let v = qkv[base + i];
    sum += dot(v, v);
  }
  storageBarrier(); // all have read the head before anyone changes it
  let r = inverseSqrt(sum / f32(params.head_dim) + params.epsilon);
  for (var i = index; i < pairs; i += 64u) {
    var gain = vec2f(q_gain[2u * i], q_gain[2u * i + 1u]);
    if (group.x >= params.heads) {
      gain = vec2f(k_gain[2u * i], k_gain[2u * i + 1u]);
    }
    qkv[base + i] = qkv[base + i] * gain * r;
  }
}
