// attention-prefill/naive: causal attention of a chunk of queries, one invocation per query and head.
// out[T, H, Dh] = softmax_j(q_t . k_j) v_j over keys j <= position + t
// Geometry: workgroup (64 consecutive queries, head);
//   each invocation walks over all keys with an online softmax.
// Requires: nothing.  Dh % 4 == 0, Dh <= 256; q is already scaled
//   (and rotated for int4).
// Cost: every key is read once per workgroup (all invocations read the same address); bound by arithmetic.
const MAX_WORDS = 64u;
struct Params { heads: u32, kv_heads: u32, head_dim: u32, capacity: u32, tokens: u32 }
@group(0) @binding(0) var<storage, read> q: array<vec4f>;               // [T, H, Dh/4]
@group(0) @binding(1) var<storage, read> k_cache: array<KvWord>;        // blocks, see kv/layout.ts
@group(0) @binding(2) var<storage, read> v_cache: array<KvWord>;        // blocks, see kv/layout.ts
@group(0) @binding(3) var<storage, read> state: State;
@group(0) @binding(4) var<storage, read_write> out: array<vec4f>;       // [T, H, Dh/4]
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let token = group.x * 64u + index;
  let head = group.y;
  let kv_head = head / (params.heads / params.kv_heads);
  let words = min(params.head_dim / 4u, MAX_WORDS);
  // The loop bound is that of the last query, so that it is the same for all: the others mask.
  let end = min(state.position + min(params.tokens, group.x * 64u + 64u), params.capacity);
  var query: array<vec4f, MAX_WORDS>;
  var sum: array<vec4f, MAX_WORDS>;
  let row = (min(token, params.tokens - 1u) * params.heads + head) * words;
  for (var d = 0u; d < words; d++) {
    query[d] = q[row + d];
  }
  var largest = -3e38;
  var weight = 0.0;
  for (var j = 0u; j < end; j++) {
    let block = kv_block_start(kv_head, j / KV_BLOCK);
    var score = 0.0;
    for (var d = 0u; d < words; d += 2u) {
      let key = key_cell(block, j % KV_BLOCK, d / 2u);
      score += dot(query[d], key.low);
      score += dot(query[min(d + 1u, words - 1u)], key.high); // a missing word is zero
    }
    score *= key_scale(block, j % KV_BLOCK);
    if (j <= state.position + token) {
      if (score > largest) {
        let factor = exp_accurate(largest - score);
        weight *= factor;
        for (var d = 0u; d < words; d++) {
          sum[d] *= factor;
        }
        largest = score;
      }
      let e = exp_accurate(score - largest);
      let w = e * value_scale(block, j % KV_BLOCK);
      weight += e;
      for (var d = 0u; d < words; d += 2u) {
        let value = value_cell(block, j % KV_BLOCK, d / 2u);
        sum[d] += w * value.low;
        if (d + 1u < words) {
          sum[d + 1u] += w * value.high;
        }
      }
    }
  }
  if (token < params.tokens) {
    for (var d = 0u; d < words; d++) {
      out[row + d] = sum[d] / weight;
    }
  }
}
