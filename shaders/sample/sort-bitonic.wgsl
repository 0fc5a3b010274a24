// sample/sort-bitonic: sorts the candidates by a bitonic network (Batcher 1968) with any WG_SIZE.
// A tenth of the comparisons of sort-ranks, but up to 55 barriers: for small workgroups.

// True if candidate a comes before b: the larger key, then the lower id.
fn comes_before(a: vec2u, b: vec2u) -> bool {
  return a.x > b.x || (a.x == b.x && a.y < b.y);
}

// Sorts by (logit descending, id ascending). All invocations must call it with the same count.
fn sort_candidates(index: u32, count: u32) {
  var size = 1u;
  while (size < count) {
    size *= 2u;
  }
  for (var i = count + index; i < size; i += WG_SIZE) {
    keys[i] = 0u; // below the key of any logit
    ids[i] = 0xffffffffu;
  }
  workgroupBarrier(); // publishes the padding
  for (var run = 2u; run <= size; run *= 2u) {
    for (var step = run / 2u; step > 0u; step /= 2u) {
      for (var pair = index; pair < size / 2u; pair += WG_SIZE) {
        let i = 2u * pair - (pair & (step - 1u));
        let a = vec2u(keys[i], ids[i]);
        let b = vec2u(keys[i + step], ids[i + step]);
        let is_forward = (i & run) == 0u;
        if (comes_before(b, a) == is_forward) {
          keys[i] = b.x;
          ids[i] = b.y;
          keys[i + step] = a.x;
          ids[i + step] = a.y;
        }
      }
      workgroupBarrier(); // publishes this step
    }
  }
}
