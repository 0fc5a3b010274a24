// kv/geometry: where a block of the cache begins; see kv/layout.ts.
//   Needs params.head_dim and params.capacity.
const KV_BLOCK = 64u; // tokens of a block

fn kv_blocks() -> u32 {
  return (params.capacity + KV_BLOCK - 1u) / KV_BLOCK;
}

// First word of a block of keys, and of values.
fn kv_block_start(kv_head: u32, block: u32) -> u32 {
  return (kv_head * kv_blocks() + block) * KV_BLOCK * (kv_words(params.head_dim) + KV_SCALE_ROWS);
}
