// rope-kv-write/write-int8: keys and values as int8 with one scale per token and head.
fn prepare(index: u32, columns: Columns) -> Columns {
  note_max(index, columns);
  workgroupBarrier(); // publishes the maxima
  return columns;
}

fn write_cell(block: u32, token: u32, cell: u32, columns: Columns, is_value: bool) {
  let largest = head_max();
  let factor = kv_factor(largest);
  write_fours(block, token, cell, Columns(columns.low * factor, columns.high * factor), is_value);
  if (cell == 0u) {
    write_scale(block, token, largest / KV_STEPS, is_value);
  }
}
