// product/int8-params: the uniform that matvec-int8 and matmul-int8 share, and their last step.
struct Params {
  m: u32, // rows of this shard
  k: u32, // columns, a multiple of a cell and of 64
  group: u32, // columns per weight scale, a multiple of 16 that divides k
  block: u32, // columns per activation scale, a multiple of 16 that divides k
  first_row: u32, // row of `out` that belongs to row 0 of the shard
  stride: u32, // elements from one token's row of `out` to the next
  accumulate: u32, // 1: add to out (the residual), 0: replace it
  minima: u32, // 1: W = scale * code + minimum; 0: W = scale * code, row_min is not read
  tokens: u32, // rows of q
}

// True if every run of `columns` aligned columns has one weight scale and one activation scale.
fn one_scale_per(columns: u32) -> bool {
  return params.group % columns == 0u && params.block % columns == 0u;
}

// Spans of a cell that share all scales.
fn spans_per_scale() -> u32 {
  if (one_scale_per(CELL_COLUMNS)) {
    return CELL_SPANS;
  }
  return select(1u, min(2u, CELL_SPANS), one_scale_per(32u));
}

// What to write, given what is there.
fn finish_int8(old: f32, sum: f32) -> f32 {
  return select(sum, old + sum, params.accumulate != 0u);
}
