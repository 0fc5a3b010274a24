// common/exchange-subgroup: a value of another invocation of the workgroup (256 invocations): by a shuffle
//   within the subgroup, through workgroup memory beyond it.
enable subgroups;
var<workgroup> exchange_slots: array<vec4f, 512>;
var<workgroup> exchange_size: u32;
var<workgroup> exchange_disorder: u32;
var<private> exchange_half: u32;

// Shuffles reach index ^ h for h below this: the subgroup size, or 1 where lanes are not in the order of
//   indices. All invocations must call it; the same for all of them.
fn exchange_limit(index: u32, lane: u32, subgroup_size: u32) -> u32 {
  let size = min(subgroup_size, 256u);
  if (!lanes_in_order(index, lane, size)) {
    exchange_disorder = 1u;
  }
  if (index == 0u) {
    exchange_size = size;
  }
  let disorder = workgroupUniformLoad(&exchange_disorder);
  let limit = workgroupUniformLoad(&exchange_size);
  return select(limit, 1u, disorder != 0u);
}

// The v of invocation index ^ h; all invocations must call it with the same h and limit.
fn exchange(index: u32, v: vec4f, h: u32, limit: u32) -> vec4f {
  if (h < limit) {
    return subgroupShuffleXor(v, h);
  }
  exchange_slots[exchange_half + index] = v;
  workgroupBarrier(); // publishes v of all invocations; the other half is free from here on
  let other = exchange_slots[exchange_half + (index ^ h)];
  exchange_half ^= 256u;
  return other;
}
