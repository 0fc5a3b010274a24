// block-attention/store-scaled: writes a word of the new key or value as int8 codes, with word 0 the scale.
// `largest` is the largest magnitude of the head.
fn store_key(head: u32, position: u32, w: u32, columns: vec4f, largest: f32) {
  k_cache[key_at(head, position, w)] = kv_pack(columns * kv_factor(largest));
  if (w == 0u) {
    k_cache[scale_at(head, position)] = bitcast<u32>(largest / KV_STEPS);
  }
}

fn store_value(head: u32, position: u32, w: u32, columns: vec4f, largest: f32) {
  v_cache[value_at(head, position, w)] = kv_pack(columns * kv_factor(largest));
  if (w == 0u) {
    v_cache[scale_at(head, position)] = bitcast<u32>(largest / KV_STEPS);
  }
}

// The new token's columns as this step reads them: rounded, as later steps will.
fn as_read(columns: vec4f, largest: f32) -> vec4f {
  return kv_unpack(kv_pack(columns * kv_factor(largest))) * (largest / KV_STEPS);
}

fn scale_at(head: u32, position: u32) -> u32 {
  return kv_scale_at(kv_block_start(head, position / KV_BLOCK), position % KV_BLOCK);
}
