// attention-decode/naive: one query attends to its share of the keys;
//   softmax weights stay relative to the share's maximum.
// partial[H, split, Dh] = sum_j exp(s_j - m) v_j;  partial_ml[H, split] = (m, sum_j exp(s_j - m));
//   s_j = q . k_j, max m
// Geometry: workgroup (head, split of KEYS_PER_SPLIT keys);
//   64 invocations take one key each, then one value column each.
// Requires: nothing.  Overrides: KEYS_PER_SPLIT (1..64).  Dh % 4 == 0; q is already scaled.
// Cost: reads K and V of the live keys once per query head; bound by memory.
override KEYS_PER_SPLIT: u32 = 64u;
struct Params { heads: u32, kv_heads: u32, head_dim: u32, capacity: u32, splits_max: u32 }
@group(0) @binding(0) var<storage, read> q: array<vec4f>;               // [H, Dh/4]
@group(0) @binding(1) var<storage, read> k_cache: array<vec4f>;         // [G, S, Dh/4]
@group(0) @binding(2) var<storage, read> v_cache: array<f32>;           // [G, S, Dh]
@group(0) @binding(3) var<storage, read> state: State;
@group(0) @binding(4) var<storage, read_write> partial: array<f32>;     // [H, splits_max, Dh]
@group(0) @binding(5) var<storage, read_write> partial_ml: array<vec2f>; // [H, splits_max]
@group(0) @binding(6) var<uniform> params: Params;

var<workgroup> scores: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let head = group.x;
  let kv_head = head / (params.heads / params.kv_heads);
  let words = params.head_dim / 4u;
  let first = group.y * KEYS_PER_SPLIT;
  let live = min(state.position + 1u, params.capacity);
  let count = min(live - min(live, first), KEYS_PER_SPLIT);
  let base = kv_head * params.capacity + first;
  if (index < count) {
    var score = 0.0;
    for (var d = 0u; d < words; d++) {
      score += dot(q[head * words + d], k_cache[(base + index) * words + d]);
    }
    scores[index] = score;
  }
  workgroupBarrier(); // publishes the scores
  if (count == 0u) {
    return;
  }
  var largest = scores[0];
  for (var j = 1u; j < count; j++) {
    largest = max(largest, scores[j]);
  }
  let slot = head * params.splits_max + group.y;
  for (var d = index; d < params.head_dim; d += 64u) {
    var sum = 0.0;
    for (var j = 0u; j < count; j++) {
      sum += exp_accurate(scores[j] - largest) * v_cache[(base + j) * params.head_dim + d];
    }
    partial[slot * params.head_dim + d] = sum;
  }
  if (index == 0u) {
    var weight = 0.0;
    for (var j = 0u; j < count; j++) {
      weight += exp_accurate(scores[j] - largest);
    }
    partial_ml[slot] = vec2f(largest, weight);
  }
}
