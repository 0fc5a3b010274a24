// layouts/t2: integer dot product of one T2 cell with 64 int8 activations, core WGSL only.
// x0..x3 hold the int8 of columns 0..15, 16..31, 32..47, 48..63, four per word, in natural order.
const DOT_SHIFT = 0u; // dot_cell returns the sum times 2^DOT_SHIFT

// Field f (0..3) of a code word: the four codes of columns 4f..4f+3, sign-extended from 2 bits.
fn t2_codes(word: u32, shift: u32) -> vec4i {
  let field = word << shift; // the codes are now the two top bits of each byte
  return bitcast<vec4i>(vec4u(field << 24u, field << 16u, field << 8u, field)) >> vec4u(30u);
}

fn t2_bytes(word: u32) -> vec4i {
  let w = bitcast<vec4i>(vec4u(word << 24u, word << 16u, word << 8u, word));
  return w >> vec4u(24u);
}

fn t2_dot_word(word: u32, x: vec4u) -> i32 {
  let sum = t2_codes(word, 6u) * t2_bytes(x.x) + t2_codes(word, 4u) * t2_bytes(x.y)
    + t2_codes(word, 2u) * t2_bytes(x.z) + t2_codes(word, 0u) * t2_bytes(x.w);
  return sum.x + sum.y + sum.z + sum.w;
}

fn dot_cell(w: vec4u, x0: vec4u, x1: vec4u, x2: vec4u, x3: vec4u) -> i32 {
  return t2_dot_word(w.x, x0) + t2_dot_word(w.y, x1) + t2_dot_word(w.z, x2) + t2_dot_word(w.w, x3);
}
