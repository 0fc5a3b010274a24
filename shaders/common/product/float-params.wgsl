// product/float-params: the uniform that matvec-float and matmul-float share, and their last step.
struct Params {
  m: u32, // rows of this shard
  k: u32, // columns, a multiple of a cell and of 16
  group: u32, // columns per scale, a multiple of 16 that divides k
  first_row: u32, // row of `out` that belongs to row 0 of the shard
  stride: u32, // elements from one token's row of `out` to the next
  accumulate: u32, // 1: add to out (the residual), 0: replace it
  minima: u32, // 1: W = scale * code + minimum; 0: W = scale * code, row_min is not read
  tokens: u32, // rows of x
}

// True if scales and minima are applied within the sum; false if the row's only scale is applied to its sum.
fn scales_within() -> bool {
  return params.group < params.k || params.minima != 0u;
}

// What to write for row m of the shard, given what is there.
fn finish_float(old: f32, sum: f32, m: u32) -> f32 {
  var y = sum;
  if (!scales_within()) {
    y *= row_scale[m];
  }
  return select(y, old + y, params.accumulate != 0u);
}
