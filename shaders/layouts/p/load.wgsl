// layouts/p: integer dot product of one P cell with the bit planes of 64 int8 activations, by popcount.
// x0, x1: planes 0..3 and 4..7 of columns 0..31; x2, x3: of columns 32..63 (what the op bit-planes writes).
// sum = sum over p of weight(p) * (popcount(plus & plane p) - popcount(minus & plane p)),
// weight = 1, 2, 4, ... 64, -128 (two's complement). Core WGSL only.
const DOT_SHIFT = 0u; // dot_cell returns the sum times 2^DOT_SHIFT

fn p_count(plus: u32, minus: u32, planes: vec4u) -> vec4i {
  return vec4i(countOneBits(planes & vec4u(plus))) - vec4i(countOneBits(planes & vec4u(minus)));
}

fn dot_cell(w: vec4u, x0: vec4u, x1: vec4u, x2: vec4u, x3: vec4u) -> i32 {
  let low = p_count(w.x, w.y, x0) + p_count(w.z, w.w, x2);
  let high = p_count(w.x, w.y, x1) + p_count(w.z, w.w, x3);
  return low.x + 2 * low.y + 4 * low.z + 8 * low.w + 16 * high.x + 32 * high.y + 64 * high.z - 128 * high.w;
}
