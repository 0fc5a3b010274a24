// block-attention/workgroup: rotation, cache write and one split of attention for up to four query heads of
// a KV head.
// q, k = rope(norm(qkv)) of the new token;  s_j = q . k_j / sqrt(Dh);  m = max s_j over the split's keys
// partial[H, split] = (sum_j exp(s_j - m) v_j [Dh], m, sum_j exp(s_j - m), live splits, 0);  the last split
// stores the new k and v, which no other workgroup reads: each makes them anew from qkv where it needs them,
// and has them as the store part says: int8 rounded, f16 not.
// Geometry: workgroup (KV head x four query heads, split of 64 keys).
// Requires: nothing; joined with cache, a store part and a shared part.  Dh % 4 == 0, Dh <= 128.
// Cost: reads K and V of the live keys once; 16 loads in flight per invocation; bound by latency at short
// contexts. int8 has one barrier more in the last split.
const KEYS_PER_SPLIT = 64u;
struct Params {
  heads: u32, kv_heads: u32, head_dim: u32, capacity: u32,
  splits_max: u32, interleaved: u32, head_norm: u32, epsilon: f32,
}
@group(0) @binding(0) var<storage, read> qkv: array<f32>;               // [H + 2G, Dh]
@group(0) @binding(1) var<storage, read> rope: array<vec2f>;            // [S, Dh/2] (cos, sin)
@group(0) @binding(2) var<storage, read> q_gain: array<f32>;            // [Dh] if params.head_norm
@group(0) @binding(3) var<storage, read> k_gain: array<f32>;            // [Dh] if params.head_norm
@group(0) @binding(4) var<storage, read> state: State;
@group(0) @binding(5) var<storage, read_write> k_cache: array<KvWord>;  // common/kv/layout.ts
@group(0) @binding(6) var<storage, read_write> v_cache: array<KvWord>;  // common/kv/layout.ts
@group(0) @binding(7) var<storage, read_write> partial: array<vec4f>;   // [H, splits_max, Dh/4 + 1]
@group(0) @binding(8) var<uniform> params: Params;

var<workgroup> queries: array<vec4f, 128>; // [Dh] of four heads
var<workgroup> new_key: array<f32, 128>;
var<workgroup> new_value: array<f32, 128>;
// squares, then scores [4 parts, 64 keys], then values [4 heads, 4 parts, 32 words]
var<workgroup> sums: array<vec4f, 512>;
var<workgroup> scores: array<f32, 256>;    // [4 heads, 64 keys]: scores, then weights times values' scales
var<workgroup> maxima: array<f32, 32>;     // [4 heads, 8 runs of keys]

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let share = params.heads / params.kv_heads;
  let chunks = (share + 3u) / 4u;
  let kv_head = group.x / chunks;
  let first_head = kv_head * share + (group.x % chunks) * 4u;
  let heads_here = min(4u, (kv_head + 1u) * share - first_head);
  let words = params.head_dim / 4u;
  let position = min(state.position, params.capacity - 1u);
  let first = group.y * KEYS_PER_SPLIT;
  if (first > position) {
    return; // the whole workgroup
  }
  let count = min(position + 1u - first, KEYS_PER_SPLIT);
  let has_new = position < first + KEYS_PER_SPLIT;
  let known = count - select(0u, 1u, has_new);

  // Loads of this invocation's key (eight words) and of the scales go out first.
  let j = index % 64u;
  let part = index / 64u;
  // The new slot is not read: another workgroup may be writing it.
  let at = min(first + j, max(position, 1u) - 1u);
  let low = mat4x4f(key_words(kv_head, at, part, words), key_words(kv_head, at, part + 4u, words),
    key_words(kv_head, at, part + 8u, words), key_words(kv_head, at, part + 12u, words));
  let high = mat4x4f(key_words(kv_head, at, part + 16u, words), key_words(kv_head, at, part + 20u, words),
    key_words(kv_head, at, part + 24u, words), key_words(kv_head, at, part + 28u, words));
  let k_scale = select(1.0, scale_of_key(kv_head, at), j < known);
  let v_scale = select(1.0, scale_of_value(kv_head, at), j < known);
  rotate_new(index, first_head, heads_here, kv_head, position);
  workgroupBarrier(); // publishes queries, new_key, new_value

  var key_max = 0.0;
  var value_max = 0.0;
  if (has_new) {
    share_new_maxima(index);
    key_max = new_largest(0u);
    value_max = new_largest(16u);
  }
  var score = vec4f(0.0);
  let is_new = has_new && j == known;
  for (var i = 0u; i < 4u; i++) {
    let w = part + 4u * i;
    if (w < words) {
      var k = low[i];
      if (is_new) {
        k = as_read(new_key_word(w), key_max);
      }
      score += score_word(k, w);
    }
    let w_high = w + 16u;
    if (w_high < words) {
      var k = high[i];
      if (is_new) {
        k = as_read(new_key_word(w_high), key_max);
      }
      score += score_word(k, w_high);
    }
  }
  sums[index] = score;

  // Loads of this invocation's values: word `column` of 16 keys, for two heads.
  let column = index % 32u;
  let quarter = (index / 32u) % 4u;
  let v_word = min(column, words - 1u);
  let v_first = first + quarter * 16u;
  let v_0 = value_four(kv_head, v_first, position, v_word, value_max);
  let v_1 = value_four(kv_head, v_first + 4u, position, v_word, value_max);
  let v_2 = value_four(kv_head, v_first + 8u, position, v_word, value_max);
  let v_3 = value_four(kv_head, v_first + 12u, position, v_word, value_max);
  workgroupBarrier(); // publishes the partial scores
  // From here on invocation (head, key), of the same key as before.
  let own = sums[j] + sums[64u + j] + sums[128u + j] + sums[192u + j];
  let s = select(-3e38, own[part] * k_scale, j < count);
  scores[index] = s;
  workgroupBarrier(); // publishes the scores
  if (index < 32u) {
    var run_max = -3e38;
    for (var i = 0u; i < 8u; i++) {
      run_max = max(run_max, scores[index * 8u + i]);
    }
    maxima[index] = run_max;
  }
  workgroupBarrier(); // publishes the maxima of runs of eight keys
  keep_weight(index, select(0.0, exp_accurate(s - head_max(part)), j < count), v_scale);
  workgroupBarrier(); // publishes the weights
  let pair = index / 128u;
  for (var h = 2u * pair; h < 2u * pair + 2u; h++) {
    let base = h * 64u + quarter * 16u;
    sums[(h * 4u + quarter) * 32u + column] = v_0 * weights(base) + v_1 * weights(base + 4u)
      + v_2 * weights(base + 8u) + v_3 * weights(base + 12u);
  }
  workgroupBarrier(); // publishes the sums of each quarter of the keys
  write_out(index, first_head, heads_here, group.y, position / KEYS_PER_SPLIT + 1u, words);
  if (has_new && group.x % chunks == 0u && state.position < params.capacity) {
    store_new(index, kv_head, position, words, key_max, value_max);
  }
}
