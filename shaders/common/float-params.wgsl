// common/float-params: the uniform of matvec-float.
struct Params {
  m: u32, // rows of this shard
  k: u32, // columns, a multiple of 16
  group: u32, // columns per scale, a multiple of 16 that divides k
  first_row: u32, // row of `out` that belongs to row 0 of the shard
}

// Applies the scale of a row that has a single one; the sums of other rows are scaled already.
fn finish_float(sum: f32, scale: f32, groups: u32) -> f32 {
  return select(sum, sum * scale, groups == 1u);
}
