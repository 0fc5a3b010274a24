// kv/read-fours: cells of keys and values where a word has four columns (f32, f16, int8).
// Columns beyond the head are zero.
fn key_cell(block: u32, token: u32, cell: u32) -> Columns {
  let at = block + 2u * cell * KV_BLOCK + token;
  var high = vec4f(0.0);
  if (2u * cell + 1u < kv_words(params.head_dim)) {
    high = kv_unpack(k_cache[at + KV_BLOCK]);
  }
  return Columns(kv_unpack(k_cache[at]), high);
}

fn value_cell(block: u32, token: u32, cell: u32) -> Columns {
  let words = kv_words(params.head_dim);
  let at = block + token * words + 2u * cell;
  var high = vec4f(0.0);
  if (2u * cell + 1u < words) {
    high = kv_unpack(v_cache[at + 1u]);
  }
  return Columns(kv_unpack(v_cache[at]), high);
}
