// block-attention/steps: the new token's rotation, reads of values, and the writes of the workgroup kernel.

// Queries of up to four heads (divided by sqrt(Dh)), and the new key and value, into workgroup memory.
// Invocations
// 0..63 take a pair of dimensions of the queries each, 64..127 of the key, 128..255 a dimension of the value.
fn rotate_new(index: u32, first_head: u32, heads_here: u32, kv_head: u32, position: u32) {
  let dim = params.head_dim;
  let pairs = dim / 2u;
  let i = index % 64u;
  let in_use = i < pairs;
  let pair = min(i, pairs - 1u);
  let a_at = select(pair, 2u * pair, params.interleaved == 1u);
  let b_at = select(pair + pairs, 2u * pair + 1u, params.interleaved == 1u);
  var a = vec4f(0.0);
  var b = vec4f(0.0);
  if (index < 64u) {
    let base = first_head * dim;
    let last = heads_here - 1u;
    let at = base + vec4u(0u, min(1u, last), min(2u, last), min(3u, last)) * dim;
    a = vec4f(qkv[at.x + a_at], qkv[at.y + a_at], qkv[at.z + a_at], qkv[at.w + a_at]);
    b = vec4f(qkv[at.x + b_at], qkv[at.y + b_at], qkv[at.z + b_at], qkv[at.w + b_at]);
  } else if (index < 128u) {
    let base = (params.heads + kv_head) * dim;
    a.x = qkv[base + a_at];
    b.x = qkv[base + b_at];
  } else if (index - 128u < dim) {
    let base = (params.heads + params.kv_heads + kv_head) * dim;
    new_value[index - 128u] = qkv[base + index - 128u];
  }
  if (params.head_norm != 0u) {
    let factor = head_factor(index, select(vec4f(0.0), a * a + b * b, in_use));
    let is_key = index >= 64u;
    a *= factor * select(q_gain[a_at], k_gain[a_at], is_key);
    b *= factor * select(q_gain[b_at], k_gain[b_at], is_key);
  }
  let turn = rope[position * pairs + pair];
  let rotated_a = a * turn.x - b * turn.y;
  let rotated_b = b * turn.x + a * turn.y;
  if (in_use && index < 64u) {
    let scale = 1.0 / sqrt(f32(dim));
    queries[a_at] = rotated_a * scale;
    queries[b_at] = rotated_b * scale;
  } else if (in_use && index < 128u) {
    new_key[a_at] = rotated_a.x;
    new_key[b_at] = rotated_b.x;
  }
}

// Factors of the norms of the heads whose squares invocations 0..63 (queries) and 64..127 (key) hold.
fn head_factor(index: u32, squares: vec4f) -> vec4f {
  if (index < 128u) {
    sums[index] = squares;
  }
  workgroupBarrier(); // publishes the squares
  if (index < 16u) {
    var run = vec4f(0.0);
    for (var i = 0u; i < 8u; i++) {
      run += sums[index * 8u + i];
    }
    sums[128u + index] = run;
  }
  workgroupBarrier(); // publishes the sums of runs of eight
  var total = vec4f(0.0);
  let first = 128u + 8u * ((index / 64u) & 1u);
  for (var i = 0u; i < 8u; i++) {
    total += sums[first + i];
  }
  workgroupBarrier(); // sums may be reused
  return inverseSqrt(total / f32(params.head_dim) + params.epsilon);
}

fn value_or_new(kv_head: u32, at: u32, position: u32, w: u32, new_max: f32) -> vec4f {
  if (at >= position) {
    return as_read(new_value_word(w), new_max); // beyond the live keys the weight is zero
  }
  return value_word(kv_head, at, w);
}

// Word w of the values of four keys, one per column; new_max is the largest magnitude of the new one.
fn value_four(kv_head: u32, at: u32, position: u32, w: u32, new_max: f32) -> mat4x4f {
  return mat4x4f(
    value_or_new(kv_head, at, position, w, new_max),
    value_or_new(kv_head, at + 1u, position, w, new_max),
    value_or_new(kv_head, at + 2u, position, w, new_max),
    value_or_new(kv_head, at + 3u, position, w, new_max),
  );
}

fn write_out(index: u32, first_head: u32, heads_here: u32, split: u32, splits: u32, words: u32) {
  let h = index / 32u;
  let column = index % 32u;
  if (h < heads_here && column < words) {
    let source = h * 128u + column;
    let at = ((first_head + h) * params.splits_max + split) * (words + 1u);
    partial[at + column] = sums[source] + sums[source + 32u] + sums[source + 64u] + sums[source + 96u];
  }
  if (index >= 128u && index - 128u < heads_here) {
    let head = index - 128u;
    var weight = 0.0;
    for (var j = 0u; j < 64u; j++) {
      weight += plain_weight(head * 64u + j);
    }
    let at = ((first_head + head) * params.splits_max + split) * (words + 1u);
    partial[at + words] = vec4f(head_max(head), weight, f32(splits), 0.0);
  }
}

fn store_new(index: u32, kv_head: u32, position: u32, words: u32, key_max: f32, value_max: f32) {
  if (index < words) {
    store_key(kv_head, position, index, new_key_word(index), key_max);
  } else if (index >= 128u && index - 128u < words) {
    store_value(kv_head, position, index - 128u, new_value_word(index - 128u), value_max);
  }
}
