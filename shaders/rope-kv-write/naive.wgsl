// rope-kv-write/naive: rotates queries and keys, scales queries, and writes keys and values to the cache.
// q_out[T, H*Dh] = rope(q) / sqrt(Dh);  k_cache[G, S, Dh] at position + t = rope(k);  v_cache likewise = v
// Pairs: NEOX (i, i + Dh/2) or, interleaved, (2i, 2i + 1); (a, b) -> (a*cos - b*sin, b*cos + a*sin).
// Geometry: workgroup (head, token), heads ordered H queries, G keys, G values;
//   64 invocations stride over pairs.
// Requires: nothing.  Dh even.
// Cost: reads and writes each value once; bound by latency.
struct Params { heads: u32, kv_heads: u32, head_dim: u32, capacity: u32, interleaved: u32 }
@group(0) @binding(0) var<storage, read> qkv: array<f32>;               // [T, H + 2G, Dh]
@group(0) @binding(1) var<storage, read> rope: array<vec2f>;            // [S, Dh/2] (cos, sin)
@group(0) @binding(2) var<storage, read> state: State;
@group(0) @binding(3) var<storage, read_write> q_out: array<f32>;       // [T, H, Dh]
@group(0) @binding(4) var<storage, read_write> k_cache: array<f32>;     // [G, S, Dh]
@group(0) @binding(5) var<storage, read_write> v_cache: array<f32>;     // [G, S, Dh]
@group(0) @binding(6) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let head = group.x;
  let token = group.y;
  let position = state.position + token;
  if (position >= params.capacity) {
    return; // a position outside the cache would overwrite the next head's keys
  }
  let dim = params.head_dim;
  let pairs = dim / 2u;
  let source = (token * (params.heads + 2u * params.kv_heads) + head) * dim;
  for (var i = index; i < pairs; i += 64u) {
    let first = select(i, 2u * i, params.interleaved == 1u);
    let second = select(i + pairs, 2u * i + 1u, params.interleaved == 1u);
    let a = qkv[source + first];
    let b = qkv[source + second];
    let turn = rope[position * pairs + i];
    let rotated = vec2f(a * turn.x - b * turn.y, b * turn.x + a * turn.y);
    if (head < params.heads) {
      let at = (token * params.heads + head) * dim;
      let scaled = rotated * (1.0 / sqrt(f32(dim)));
      q_out[at + first] = scaled.x;
      q_out[at + second] = scaled.y;
    } else if (head < params.heads + params.kv_heads) {
      let at = ((head - params.heads) * params.capacity + position) * dim;
      k_cache[at + first] = rotated.x;
      k_cache[at + second] = rotated.y;
    } else {
      let at = ((head - params.heads - params.kv_heads) * params.capacity + position) * dim;
      v_cache[at + first] = a;
      v_cache[at + second] = b;
    }
  }
}
