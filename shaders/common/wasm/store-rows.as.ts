// Writing results of up to four neighbouring rows.

/** out[0 .. count - 1] (+)= y; count 1..4. */
// @ts-ignore: decorator
@inline
export function storeRows(at: usize, y: v128, count: u32, accumulate: bool): void {
  if (count >= 4) {
    v128.store(at, accumulate ? f32x4.add(v128.load(at), y) : y);
    return;
  }
  storeRow(at, f32x4.extract_lane(y, 0), accumulate);
  if (count > 1) storeRow(at + 4, f32x4.extract_lane(y, 1), accumulate);
  if (count > 2) storeRow(at + 8, f32x4.extract_lane(y, 2), accumulate);
}

// @ts-ignore: decorator
@inline
function storeRow(at: usize, y: f32, accumulate: bool): void {
  store<f32>(at, accumulate ? load<f32>(at) + y : y);
}
