// block-attention/lanes: one query head and split per invocation, without barriers: for adapters that
// compute on the CPU.
// q, k = rope(norm(qkv)) of the new token;  s_j = q . k_j / sqrt(Dh);  m = max s_j over the split's keys
// partial[H, split] = (sum_j exp(s_j - m) v_j [Dh], m, sum_j exp(s_j - m), live splits, 0);  invocations of
// the first head of a KV head and the last split store the new k and v, which nobody else reads: each makes
// them anew. Its own step has them as the store part says: int8 rounded, f16 not.
// Geometry: workgroups of 8 pairs (head, split), splits of KEYS_PER_SPLIT keys.
// Requires: nothing; joined with cache and a store part.  Dh % 4 == 0, Dh <= 128.
// Cost: reads K and V of the live keys once per query head.
const KEYS_PER_SPLIT = 64u;
struct Params {
  heads: u32, kv_heads: u32, head_dim: u32, capacity: u32,
  splits_max: u32, interleaved: u32, head_norm: u32, epsilon: f32,
}
@group(0) @binding(0) var<storage, read> qkv: array<vec4f>;             // [H + 2G, Dh/4]
@group(0) @binding(1) var<storage, read> rope: array<vec2f>;            // [S, Dh/2] (cos, sin)
@group(0) @binding(2) var<storage, read> q_gain: array<f32>;            // [Dh] if params.head_norm
@group(0) @binding(3) var<storage, read> k_gain: array<f32>;            // [Dh] if params.head_norm
@group(0) @binding(4) var<storage, read> state: State;
@group(0) @binding(5) var<storage, read_write> k_cache: array<KvWord>;  // common/kv/layout.ts
@group(0) @binding(6) var<storage, read_write> v_cache: array<KvWord>;  // common/kv/layout.ts
@group(0) @binding(7) var<storage, read_write> partial: array<vec4f>;   // [H, splits_max, Dh/4 + 1]
@group(0) @binding(8) var<uniform> params: Params;

@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let head = (group.x * 8u + index) % params.heads;
  let split = (group.x * 8u + index) / params.heads;
  let position = min(state.position, params.capacity - 1u);
  let first = split * KEYS_PER_SPLIT;
  if (first > position) {
    return;
  }
  let share = params.heads / params.kv_heads;
  let kv_head = head / share;
  let words = params.head_dim / 4u;
  let count = min(position + 1u - first, KEYS_PER_SPLIT);
  let has_new = position < first + KEYS_PER_SPLIT;
  let known = count - select(0u, 1u, has_new);
  var query = rotated_head(head, position, 1.0 / sqrt(f32(params.head_dim)));
  let value_base = (params.heads + params.kv_heads + kv_head) * words;
  var scores = array<f32, 64>();
  var largest = -3e38;
  for (var j = 0u; j < known; j++) {
    var score = vec4f(0.0);
    for (var w = 0u; w < words; w++) {
      score += query.words[w] * key_word(kv_head, first + j, w);
    }
    scores[j] = (score.x + score.y + score.z + score.w) * scale_of_key(kv_head, first + j);
    largest = max(largest, scores[j]);
  }
  var value_max = 0.0;
  if (has_new) {
    var key = rotated_head(params.heads + kv_head, position, 1.0);
    var key_max = 0.0;
    if (KV_SCALE_ROWS != 0u) {
      for (var w = 0u; w < words; w++) {
        key_max = max(key_max, magnitude(key.words[w]));
        value_max = max(value_max, magnitude(qkv[value_base + w]));
      }
    }
    if (head % share == 0u && state.position < params.capacity) {
      for (var w = 0u; w < words; w++) {
        store_key(kv_head, position, w, key.words[w], key_max);
        store_value(kv_head, position, w, qkv[value_base + w], value_max);
      }
    }
    var score = vec4f(0.0);
    for (var w = 0u; w < words; w++) {
      score += query.words[w] * as_read(key.words[w], key_max);
    }
    scores[known] = score.x + score.y + score.z + score.w;
    largest = max(largest, scores[known]);
  }
  var total = 0.0;
  for (var j = 0u; j < count; j++) {
    scores[j] = exp_accurate(scores[j] - largest);
    total += scores[j];
  }
  if (KV_SCALE_ROWS != 0u) {
    for (var j = 0u; j < known; j++) {
      scores[j] *= scale_of_value(kv_head, first + j);
    }
  }
  let at = (head * params.splits_max + split) * (words + 1u);
  for (var w = 0u; w < words; w++) {
    var sum = vec4f(0.0);
    for (var j = 0u; j < known; j++) {
      sum += scores[j] * value_word(kv_head, first + j, w);
    }
    if (has_new) {
      sum += scores[known] * as_read(qkv[value_base + w], value_max);
    }
    partial[at + w] = sum;
  }
  partial[at + words] = vec4f(largest, total, f32(position / KEYS_PER_SPLIT + 1u), 0.0);
}

fn magnitude(columns: vec4f) -> f32 {
  let c = abs(columns);
  return max(max(c.x, c.y), max(c.z, c.w));
}

struct Head {
  words: array<vec4f, 32>,
}

// A query or key head of the new token, with its norm and rotation, times `scale`.
fn rotated_head(head: u32, position: u32, scale: f32) -> Head {
  let words = params.head_dim / 4u;
  let pairs = params.head_dim / 2u;
  var factor = scale;
  if (params.head_norm != 0u) {
    var squares = vec4f(0.0);
    for (var w = 0u; w < words; w++) {
      let v = qkv[head * words + w];
      squares += v * v;
    }
    let sum = squares.x + squares.y + squares.z + squares.w;
    factor *= inverseSqrt(sum / f32(params.head_dim) + params.epsilon);
  }
  var result = Head();
  for (var d = 0u; d < params.head_dim; d++) {
    let is_first = select(d < pairs, d % 2u == 0u, params.interleaved == 1u);
    let other = select(select(d - pairs, d + pairs, is_first), d ^ 1u, params.interleaved == 1u);
    let pair = select(min(d, other), d / 2u, params.interleaved == 1u);
    let turn = rope[position * pairs + pair];
    let sign = select(1.0, -1.0, is_first);
    result.words[d / 4u][d % 4u] =
      factor * (column(head, d) * turn.x + sign * column(head, other) * turn.y);
  }
  return result;
}

// A value of qkv with the gain of its head's norm.
fn column(head: u32, d: u32) -> f32 {
  let value = qkv[head * (params.head_dim / 4u) + d / 4u][d % 4u];
  if (params.head_norm == 0u) {
    return value;
  }
  if (head < params.heads) {
    return value * q_gain[d];
  }
  return value * k_gain[d];
}
