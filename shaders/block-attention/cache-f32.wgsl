// block-attention/cache-f32: keys and values as [G, S, Dh/4] vec4f.
@group(0) @binding(5) var<storage, read_write> k_cache: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> v_cache: array<vec4f>;

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
