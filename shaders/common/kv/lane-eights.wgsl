// kv/lane-eights: the words of a head that each of 16 lanes has, where a cache word has eight columns (int4):
// the halves of one cache word.
fn lane_words(first: u32, lane: u32) -> vec2u {
  return vec2u(first + 2u * lane, first + 2u * lane + 1u);
}

// Whether some lane needs its second word.
fn lane_needs_both(first: u32) -> bool {
  return true;
}

// Words beyond the head repeat the last ones.
fn lane_value(block: u32, token: u32, words: vec2u) -> vec4f {
  return lane_values(block, token, words).low;
}

fn lane_values(block: u32, token: u32, words: vec2u) -> Columns {
  let count = kv_words(params.head_dim);
  return kv_nibbles(v_cache[block + token * count + min(words.x / 2u, count - 1u)]);
}
