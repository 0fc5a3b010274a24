// common/best: largest value of the 256 invocations of a workgroup and its index; the lowest index on ties.
var<workgroup> best_value: array<f32, 256>;
var<workgroup> best_index: array<u32, 256>;

// Leaves the largest value and its index in best_value[0] and best_index[0]; every invocation must call it.
fn workgroup_best(index: u32, value: f32, at: u32) {
  best_value[index] = value;
  best_index[index] = at;
  workgroupBarrier(); // publishes the best of each invocation
  for (var half = 128u; half > 0u; half /= 2u) {
    if (index < half) {
      let other = best_value[index + half];
      let other_at = best_index[index + half];
      if (other > best_value[index] || (other == best_value[index] && other_at < best_index[index])) {
        best_value[index] = other;
        best_index[index] = other_at;
      }
    }
    workgroupBarrier(); // publishes this level
  }
}
