// kv/read-scaled: the scales of a token's keys and values (int8, int4).
fn key_scale(block: u32, token: u32) -> f32 {
  return bitcast<f32>(k_cache[kv_scale_at(block, token)]);
}

fn value_scale(block: u32, token: u32) -> f32 {
  return bitcast<f32>(v_cache[kv_scale_at(block, token)]);
}
