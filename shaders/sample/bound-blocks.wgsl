// sample/bound-blocks: a lower bound of the wanted-th best logit from block maxima, so that one histogram
//   mostly does.
// Compares every maximum with every other; WG_SIZE must be 256.

// Of 1024 interleaved blocks, finds the best key and the wanted-th largest block maximum: at least `wanted`
// logits reach the latter. The maxima take the place of the candidates' keys.
fn bound(index: u32, wanted: u32) {
  for (var block = index; block < CAP; block += 256u) {
    var largest = 0u;
    for (var i = block; i < params.v; i += CAP) {
      largest = max(largest, order_key(logits[first_logit + i]));
    }
    keys[block] = largest;
  }
  workgroupBarrier(); // publishes the block maxima
  for (var block = index; block < CAP; block += 256u) {
    let mine = keys[block];
    var rank = 0u;
    for (var j = 0u; j < CAP; j++) {
      rank += select(0u, 1u, keys[j] > mine || (keys[j] == mine && j < block));
    }
    if (rank == wanted - 1u) {
      found = vec4u(mine);
    }
    if (rank == 0u) {
      best_key = mine;
    }
  }
}
