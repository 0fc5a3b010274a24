// rope-kv-write/write-int4: keys and values rotated, then as 4-bit codes with one scale per token and head.
// The queries are rotated alike, so that their products with the keys stay what they were.
fn prepare(index: u32, columns: Columns) -> Columns {
  head_row[2u * index] = columns.low;
  head_row[2u * index + 1u] = columns.high;
  workgroupBarrier(); // publishes the head
  var turned_columns = Columns(vec4f(0.0), vec4f(0.0));
  if (8u * index < params.head_dim) {
    turned_columns = rotated_cell(index, params.head_dim);
  }
  note_max(index, turned_columns);
  workgroupBarrier(); // publishes the maxima
  return turned_columns;
}

fn write_cell(block: u32, token: u32, cell: u32, columns: Columns, is_value: bool) {
  let largest = head_max();
  let factor = kv_factor(largest);
  let words = kv_words(params.head_dim);
  if (cell < words) {
    let word = kv_pack(columns.low * factor, columns.high * factor);
    if (is_value) {
      v_cache[block + token * words + cell] = word;
    } else {
      k_cache[block + cell * KV_BLOCK + token] = word;
    }
  }
  if (cell == 0u) {
    write_scale(block, token, largest / KV_STEPS, is_value);
  }
}
