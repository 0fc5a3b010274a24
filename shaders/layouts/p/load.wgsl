// layouts/p: integer dot product of one P cell with the bit planes of 64 int8 activations, by popcount.
// x0, x1: planes 0..3 and 4..7 of columns 0..31; x2, x3: of columns 32..63 (what the op bit-planes writes).
// Columns of code -1 count with their bits inverted, as -x - 1; what is missing is the number of them.
// sum = sum over p of weight(p) * popcount((plus | minus) & (plane p ^ minus)) + popcount(minus),
// weight = 1, 2, 4, ... 64, -128 (two's complement). Core WGSL only.
const DOT_SHIFT = 0u; // dot_cell returns the sum times 2^DOT_SHIFT

fn count_planes(plus: u32, minus: u32, planes: vec4u) -> vec4u {
  return countOneBits(vec4u(plus | minus) & (planes ^ vec4u(minus)));
}

// The counts of planes 0..3 and 4..7 by their weights; in u32, which wraps as i32 does.
fn weigh(low: vec4u, high: vec4u) -> u32 {
  return low.x + 2u * low.y + 4u * low.z + 8u * low.w
    + 16u * high.x + 32u * high.y + 64u * high.z - 128u * high.w;
}

fn dot_cell(w: vec4u, x0: vec4u, x1: vec4u, x2: vec4u, x3: vec4u) -> i32 {
  let low = count_planes(w.x, w.y, x0) + count_planes(w.z, w.w, x2);
  let high = count_planes(w.x, w.y, x1) + count_planes(w.z, w.w, x3);
  return i32(weigh(low, high) + countOneBits(w.y) + countOneBits(w.w));
}
