// block-attention/cache-f32: keys and values as [G, S, Dh/4] vec4f.
alias KvWord = vec4f;

fn key_word(head: u32, position: u32, w: u32) -> vec4f {
  return k_cache[(head * params.capacity + position) * (params.head_dim / 4u) + w];
}

fn value_word(head: u32, position: u32, w: u32) -> vec4f {
  return v_cache[(head * params.capacity + position) * (params.head_dim / 4u) + w];
}

fn store_key(head: u32, position: u32, w: u32, value: vec4f) {
  k_cache[(head * params.capacity + position) * (params.head_dim / 4u) + w] = value;
}

fn store_value(head: u32, position: u32, w: u32, value: vec4f) {
  v_cache[(head * params.capacity + position) * (params.head_dim / 4u) + w] = value;
}
