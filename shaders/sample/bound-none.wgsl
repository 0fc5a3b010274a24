// sample/bound-none: the best logit alone; the histograms begin with all values below it.

// Finds the best key; every logit reaches the lower bound. The best of each invocation takes the place of the
//   candidates' keys.
fn bound(index: u32, wanted: u32) {
  var largest = 0u;
  for (var i = index; i < params.v; i += WG_SIZE) {
    largest = max(largest, order_key(logits[first_logit + i]));
  }
  keys[index] = largest;
  workgroupBarrier(); // publishes the best of each invocation
  if (index == 0u) {
    for (var i = 1u; i < WG_SIZE; i++) {
      largest = max(largest, keys[i]);
    }
    best_key = largest;
    found = vec4u(0u);
  }
}
