// block-attention/shared-unscaled: softmax weights, for kinds without scales: no maxima of the new token.
fn keep_weight(index: u32, weight: f32, scale: f32) {
  scores[index] = weight;
}

fn plain_weight(index: u32) -> f32 {
  return scores[index];
}

fn share_new_maxima(index: u32) {}

fn new_largest(first_run: u32) -> f32 {
  return 0.0;
}
