// rope-kv-write/write-fours: writes a cell as one or two words of four columns each.
fn write_fours(block: u32, token: u32, cell: u32, columns: Columns, is_value: bool) {
  let words = kv_words(params.head_dim);
  if (is_value) {
    let at = block + token * words + 2u * cell;
    if (2u * cell < words) {
      v_cache[at] = kv_pack(columns.low);
    }
    if (2u * cell + 1u < words) {
      v_cache[at + 1u] = kv_pack(columns.high);
    }
  } else {
    let at = block + 2u * cell * KV_BLOCK + token;
    if (2u * cell < words) {
      k_cache[at] = kv_pack(columns.low);
    }
    if (2u * cell + 1u < words) {
      k_cache[at + KV_BLOCK] = kv_pack(columns.high);
    }
  }
}
