// common/exchange-memory: a value of another invocation of the workgroup (256 invocations), through workgroup
//   memory. One barrier each: writing and reading alternate between two halves.
var<workgroup> exchange_slots: array<vec4f, 512>;
var<private> exchange_half: u32;

// The v of invocation index ^ h; all invocations must call it with the same h. `limit` is ignored.
fn exchange(index: u32, v: vec4f, h: u32, limit: u32) -> vec4f {
  exchange_slots[exchange_half + index] = v;
  workgroupBarrier(); // publishes v of all invocations; the other half is free from here on
  let other = exchange_slots[exchange_half + (index ^ h)];
  exchange_half ^= 256u;
  return other;
}
