// product/ternary-params: the uniform that matvec-ternary and matmul-ternary share, and their last step.
struct Params {
  m: u32, // rows of the weights
  k: u32, // columns, a multiple of 64
  accumulate: u32, // 1: add to out (the residual), 0: replace it
  tokens: u32, // columns of activations
}

// What to write, given what is there.
fn finish(old: f32, sum: i32, scale: f32, accumulate: u32) -> f32 {
  let y = f32(sum) * scale;
  return select(y, old + y, accumulate != 0u);
}
