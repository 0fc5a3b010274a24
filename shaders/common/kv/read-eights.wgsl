// kv/read-eights: cells of keys and values where a word has eight columns (int4).
// Columns beyond the head are zero.
fn key_cell(block: u32, token: u32, cell: u32) -> Columns {
  return kv_nibbles(k_cache[block + cell * KV_BLOCK + token]);
}

fn value_cell(block: u32, token: u32, cell: u32) -> Columns {
  return kv_nibbles(v_cache[block + token * kv_words(params.head_dim) + cell]);
}
