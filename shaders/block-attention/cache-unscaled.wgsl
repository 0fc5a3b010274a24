// block-attention/cache-unscaled: words of a cache of floats (f32, f16) by position, see common/kv/layout.ts.
// Joined with the parts of the kind.
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

fn store_key(head: u32, position: u32, w: u32, value: vec4f) {
  k_cache[key_at(head, position, w)] = kv_pack(value);
}

fn store_value(head: u32, position: u32, w: u32, value: vec4f) {
  v_cache[value_at(head, position, w)] = kv_pack(value);
}
