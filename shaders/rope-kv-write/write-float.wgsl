// rope-kv-write/write-float: keys and values as floats (f32, f16); needs no barrier.
fn prepare(index: u32, columns: Columns) -> Columns {
  return columns;
}

fn write_cell(block: u32, token: u32, cell: u32, columns: Columns, is_value: bool) {
  write_fours(block, token, cell, columns, is_value);
}
