// block-attention/cache: words and scales of the cache by position, see common/kv/layout.ts.
// Joined with the parts of the kind. A word of int8 is codes: its reader multiplies by the scale, which is 1
// for floats.
fn key_at(head: u32, position: u32, w: u32) -> u32 {
  return kv_block_start(head, position / KV_BLOCK) + w * KV_BLOCK + position % KV_BLOCK;
}

fn value_at(head: u32, position: u32, w: u32) -> u32 {
  return kv_block_start(head, position / KV_BLOCK) + position % KV_BLOCK * kv_words(params.head_dim) + w;
}

fn key_word(head: u32, position: u32, w: u32) -> vec4f {
  return kv_unpack(k_cache[key_at(head, position, w)]);
}

fn value_word(head: u32, position: u32, w: u32) -> vec4f {
  return kv_unpack(v_cache[value_at(head, position, w)]);
}

fn scale_of_key(head: u32, position: u32) -> f32 {
  return key_scale(kv_block_start(head, position / KV_BLOCK), position % KV_BLOCK);
}

fn scale_of_value(head: u32, position: u32) -> f32 {
  return value_scale(kv_block_start(head, position / KV_BLOCK), position % KV_BLOCK);
}
