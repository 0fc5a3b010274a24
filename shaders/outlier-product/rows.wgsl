// outlier-product/rows: what its variants have in common: the uniform, the activations and the last step.
// Overrides: ONE_SCALE, 1: block == k; 0: anything. Not decided by params, since of such an `if` SwiftShader
//   executes both sides.
override ONE_SCALE: u32 = 0u;
struct Params {
  m: u32, // rows of this shard
  k: u32, // columns
  block: u32, // columns per activation scale
  first_row: u32, // row of `out` that belongs to row 0 of the shard
  stride: u32, // elements from one column of `out` to the next
  outliers: u32, // outlier columns, a multiple of 16
}

// The word with the code of column k, moved up so that the code is its highest byte.
fn raised_code(column: u32, k: u32) -> i32 {
  return q[((column * params.k) >> 2u) + (k >> 2u)] << ((~k & 3u) << 3u);
}

fn scale_of(column: u32, k: u32) -> f32 {
  return q_scale[column * (params.k / params.block) + k / params.block];
}

// The activations of four channels. With one scale for all it is left out, so that sums stay integers.
fn gather(column: u32, at: vec4u) -> vec4f {
  let raised = vec4i(
    raised_code(column, at.x),
    raised_code(column, at.y),
    raised_code(column, at.z),
    raised_code(column, at.w),
  );
  var x = vec4f(raised & vec4i(bitcast<i32>(0xFF000000u))) * 0x1p-24f;
  if (ONE_SCALE == 0u) {
    let scale_0 = scale_of(column, at.x);
    let scale_1 = scale_of(column, at.y);
    let scale_2 = scale_of(column, at.z);
    let scales = vec4f(scale_0, scale_1, scale_2, scale_of(column, at.w));
    x *= select(scales, vec4f(1.0), params.block == params.k);
  }
  return x;
}

// Adds what the outliers give for one row.
fn add_row(row: u32, sum: f32, common_scale: f32, column: u32) {
  if (row < params.m) {
    let at = column * params.stride + params.first_row + row;
    out[at] += sum * outlier_scale[row] * common_scale;
  }
}

// The same for four rows; written out, since SwiftShader indexes a vector by a variable slowly.
fn add_rows(row: u32, sum: vec4f, column: u32) {
  let common_scale = select(1.0, q_scale[column], params.block == params.k);
  add_row(row, sum.x, common_scale, column);
  add_row(row + 1u, sum.y, common_scale, column);
  add_row(row + 2u, sum.z, common_scale, column);
  add_row(row + 3u, sum.w, common_scale, column);
}
