// block-attention/store-unscaled: writes a word of the new key or value as floats (f32, f16).
// `largest` is for kinds with scales.
fn store_key(head: u32, position: u32, w: u32, columns: vec4f, largest: f32) {
  k_cache[key_at(head, position, w)] = kv_pack(columns);
}

fn store_value(head: u32, position: u32, w: u32, columns: vec4f, largest: f32) {
  v_cache[value_at(head, position, w)] = kv_pack(columns);
}

// The new token's columns as this step reads them: unrounded in f16 too, since some drivers drop the rounding
// of values that are packed and unpacked at once.
fn as_read(columns: vec4f, largest: f32) -> vec4f {
  return columns;
}
