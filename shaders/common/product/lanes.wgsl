// product/lanes: which invocations of a subgroup share a row, whatever its size and the order of its lanes.
enable subgroups;

// Power of two from 1 to `limit` (a power of two) that covers `cells`.
fn lanes_for(cells: u32, limit: u32) -> u32 {
  var lanes = 1u;
  while (lanes < cells && lanes < limit) {
    lanes *= 2u;
  }
  return lanes;
}

// True if this subgroup is a full, aligned run of `size` consecutive local indices in lane order.
// Every implementation seen does that for one-dimensional workgroups, but WGSL does not promise it.
fn lanes_in_order(index: u32, lane: u32, size: u32) -> bool {
  let first = subgroupMin(index);
  let in_order = subgroupAll(index == first + lane);
  let count = subgroupAdd(1u); // not within &&, which is control flow
  return in_order && count == size && first % size == 0u;
}
