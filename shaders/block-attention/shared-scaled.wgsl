// block-attention/shared-scaled: softmax weights and the new token's maxima, for kinds with scales.
// [4 heads, 64 keys]; scores has them times the values' scales
var<workgroup> plain_weights: array<f32, 256>;
// of runs of eight columns: 16 runs of the new key, then 16 of the new value
var<workgroup> new_maxima: array<f32, 32>;

fn keep_weight(index: u32, weight: f32, scale: f32) {
  plain_weights[index] = weight;
  scores[index] = weight * scale;
}

fn plain_weight(index: u32) -> f32 {
  return plain_weights[index];
}

// Call behind the barrier that publishes new_key and new_value.
fn share_new_maxima(index: u32) {
  if (index < 32u) {
    let first = index % 16u * 8u;
    var largest = 0.0;
    for (var d = first; d < min(first + 8u, params.head_dim); d++) {
      largest = max(largest, abs(select(new_value[d], new_key[d], index < 16u)));
    }
    new_maxima[index] = largest;
  }
  workgroupBarrier(); // publishes the maxima
}

// Largest magnitude of the new key (first_run 0) or value (16).
fn new_largest(first_run: u32) -> f32 {
  var largest = 0.0;
  for (var run = first_run; run < first_run + 16u; run++) {
    largest = max(largest, new_maxima[run]);
  }
  return largest;
}
