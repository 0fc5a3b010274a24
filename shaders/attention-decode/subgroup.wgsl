// attention-decode/subgroup: as naive, with each softmax weight computed once and 16-byte reads of the
//   values.
// partial[H, split, Dh] = sum_j exp(s_j - m) v_j;  partial_ml[H, split] = (m, sum_j exp(s_j - m));
//   s_j = q . k_j, max m
// Geometry: workgroup (head, split); 64 invocations take one key each, then one (part of the keys, value
//   word) each.
// Requires: subgroups (any size).  Overrides: KEYS_PER_SPLIT (1..64).  Dh % 4 == 0, Dh <= 256;
//   q is already scaled.
// Cost: reads K and V of the live keys once per query head; bound by memory.
enable subgroups;
override KEYS_PER_SPLIT: u32 = 64u;
struct Params { heads: u32, kv_heads: u32, head_dim: u32, capacity: u32, splits_max: u32 }
@group(0) @binding(0) var<storage, read> q: array<vec4f>;               // [H, Dh/4]
@group(0) @binding(1) var<storage, read> k_cache: array<vec4f>;         // [G, S, Dh/4]
@group(0) @binding(2) var<storage, read> v_cache: array<vec4f>;         // [G, S, Dh/4]
@group(0) @binding(3) var<storage, read> state: State;
@group(0) @binding(4) var<storage, read_write> partial: array<vec4f>;   // [H, splits_max, Dh/4]
@group(0) @binding(5) var<storage, read_write> partial_ml: array<vec2f>; // [H, splits_max]
@group(0) @binding(6) var<uniform> params: Params;

var<workgroup> scores: array<f32, 64>;
var<workgroup> weights: array<f32, 64>;
var<workgroup> sums: array<vec4f, 64>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) index: u32,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(subgroup_size) lanes: u32,
) {
  let head = group.x;
  let kv_head = head / (params.heads / params.kv_heads);
  let words = params.head_dim / 4u;
  let first = group.y * KEYS_PER_SPLIT;
  let live = min(state.position + 1u, params.capacity);
  let count = min(live - min(live, first), KEYS_PER_SPLIT);
  let base = (kv_head * params.capacity + first) * words;
  var score = -3e38;
  if (index < count) {
    score = 0.0;
    for (var d = 0u; d < words; d++) {
      score += dot(q[head * words + d], k_cache[base + index * words + d]);
    }
  }
  scores[index] = score;
  workgroupBarrier(); // publishes the scores, -3e38 beyond the live keys
  var largest = -3e38;
  for (var j = lane; j < 64u; j += lanes) {
    largest = max(largest, scores[j]);
  }
  largest = subgroupMax(largest);
  weights[index] = select(0.0, exp_accurate(score - largest), index < count);
  workgroupBarrier(); // publishes the softmax weights
  let width = select(select(64u, 32u, words <= 32u), 16u, words <= 16u);
  let parts = 64u / width;
  let word = index % width;
  var sum = vec4f(0.0);
  if (word < words) {
    for (var j = index / width; j < count; j += parts) {
      sum += weights[j] * v_cache[base + j * words + word];
    }
  }
  sums[index] = sum;
  workgroupBarrier(); // publishes the sums of each part of the keys
  var weight = 0.0;
  for (var j = lane; j < 64u; j += lanes) {
    weight += weights[j];
  }
  weight = subgroupAdd(weight);
  let slot = head * params.splits_max + group.y;
  if (index < words && count > 0u) {
    for (var part = 1u; part < parts; part++) {
      sum += sums[part * width + index];
    }
    partial[slot * words + index] = sum;
  }
  if (index == 0u && count > 0u) {
    partial_ml[slot] = vec2f(largest, weight);
  }
}
