// kv/lane-fours: the words of a head that each of 16 lanes has, where a cache word has four columns
// (f32, f16, int8): lane and lane + 16, so that the lanes read neighbouring words.
fn lane_words(first: u32, lane: u32) -> vec2u {
  return vec2u(first + lane, first + lane + 16u);
}

// Whether some lane needs its second word.
fn lane_needs_both(first: u32) -> bool {
  return params.head_dim / 4u > first + 16u;
}

// Words beyond the head repeat the last one.
fn lane_value(block: u32, token: u32, words: vec2u) -> vec4f {
  let count = kv_words(params.head_dim);
  return kv_unpack(v_cache[block + token * count + min(words.x, count - 1u)]);
}

fn lane_values(block: u32, token: u32, words: vec2u) -> Columns {
  let count = kv_words(params.head_dim);
  let at = block + token * count;
  let last = count - 1u;
  return Columns(kv_unpack(v_cache[at + min(words.x, last)]), kv_unpack(v_cache[at + min(words.y, last)]));
}
