// block-attention/words: words of keys and values of the workgroup kernel, and what it keeps of scores.

// Words of a key, zero beyond the head.
fn key_words(head: u32, position: u32, w: u32, words: u32) -> vec4f {
  return select(vec4f(0.0), key_word(head, position, min(w, words - 1u)), w < words);
}

fn new_key_word(w: u32) -> vec4f {
  return vec4f(new_key[4u * w], new_key[4u * w + 1u], new_key[4u * w + 2u], new_key[4u * w + 3u]);
}

fn new_value_word(w: u32) -> vec4f {
  return vec4f(new_value[4u * w], new_value[4u * w + 1u], new_value[4u * w + 2u], new_value[4u * w + 3u]);
}

// Four heads' products with word w of a key.
fn score_word(k: vec4f, w: u32) -> vec4f {
  return k.x * queries[4u * w] + k.y * queries[4u * w + 1u] + k.z * queries[4u * w + 2u]
    + k.w * queries[4u * w + 3u];
}

fn weights(base: u32) -> vec4f {
  return vec4f(scores[base], scores[base + 1u], scores[base + 2u], scores[base + 3u]);
}

fn head_max(h: u32) -> f32 {
  var largest = maxima[h * 8u];
  for (var i = 1u; i < 8u; i++) {
    largest = max(largest, maxima[h * 8u + i]);
  }
  return largest;
}
