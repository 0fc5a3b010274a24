// sparse-product/row: the two entries of one word times the activations.
struct Params {
  m: u32, // rows
  k: u32, // columns, a multiple of 32
  slots: u32, // entries per 32 columns: 2 or 4
  block: u32, // columns per activation scale; 0: x is f32
  first_row: u32, // place of row 0 in a row of out
  stride: u32, // elements from one token's row of out to the next
  tokens: u32, // rows of x
}

// Word i of row m times x[t].
fn dot_word(t: u32, m: u32, words: u32, i: u32) -> f32 {
  let word = entries[m * words + i];
  let first = i / (params.slots / 2u) * 32u; // first column of the block
  let low = f32(bitcast<i32>(word << 16u) >> 21u); // 11 bits, sign-extended
  let high = f32(bitcast<i32>(word) >> 21u);
  return low * activation(t, first + (word & 31u)) + high * activation(t, first + ((word >> 16u) & 31u));
}

fn add_to_out(t: u32, m: u32, sum: f32) {
  out[t * params.stride + params.first_row + m] += scale[m] * sum;
}
