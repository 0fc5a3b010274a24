// sample/sort-ranks: the place of a candidate is the number of better ones. Few barriers.
// WG_SIZE must be 256.
// Sorts by (logit descending, id ascending): the place of a candidate is the number of better ones.
fn sort_candidates(index: u32, count: u32) {
  var rank: array<u32, 4>;
  var own: array<vec2u, 4>;
  for (var part = 0u; part < 4u; part++) {
    let slot = index + 256u * part;
    let mine = vec2u(keys[slot], ids[slot]);
    var better = 0u;
    if (slot < count) {
      for (var j = 0u; j < count; j++) {
        better += select(0u, 1u, keys[j] > mine.x || (keys[j] == mine.x && ids[j] < mine.y));
      }
    }
    own[part] = mine;
    rank[part] = better;
  }
  workgroupBarrier(); // every candidate is in registers: the arrays may be overwritten
  for (var part = 0u; part < 4u; part++) {
    if (index + 256u * part < count) {
      keys[rank[part]] = own[part].x;
      ids[rank[part]] = own[part].y;
    }
  }
  workgroupBarrier(); // publishes the sorted candidates
}
