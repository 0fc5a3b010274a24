// attention-prefill/fetch: the cells of keys and values that one of 128 invocations stages.
// The two cells of keys that this invocation stages of words d0..d0 + 7; what is missing is zero.
fn fetch_keys(block: u32, index: u32, d0: u32) -> array<Columns, 2> {
  var cells: array<Columns, 2>;
  for (var i = 0u; i < 2u; i++) {
    let d = d0 + 2u * (index / 64u) + 4u * i;
    if (d < params.head_dim / 4u) {
      cells[i] = key_cell(block, index % 64u, d / 2u);
    }
  }
  return cells;
}

// The slot that stands in row `at` of chunk c of the values: four of those that a vec4f of
// weights has, four times.
fn slot_of(c: u32, at: u32) -> u32 {
  return 4u * c + at / 4u + at % 4u * 16u;
}

fn fetch_values(block: u32, index: u32, c: u32, last: u32, first_word: u32) -> array<Columns, 2> {
  var cells: array<Columns, 2>;
  let d = first_word + index % 16u * 2u;
  for (var i = 0u; i < 2u; i++) {
    if (d < params.head_dim / 4u) {
      cells[i] = value_cell(block, min(slot_of(c, index / 16u + 8u * i), last), d / 2u);
    }
  }
  return cells;
}
