// sample/naive: draws the next token; the k best logits are found by bisection over the bits of their keys
//   and ids.
// chosen[0] = candidate i with sum_{j <= i} w_j >= u * sum w;
//   w = exp((l - max l) / temperature), u = hash(seed, step)
// Geometry: one workgroup of 256 invocations that stride over V.
// Requires: nothing.
// Cost: 97 passes over V.
struct Params { v: u32 }
@group(0) @binding(0) var<storage, read> logits: array<f32>;            // [V]
@group(0) @binding(1) var<storage, read> settings: Settings;
@group(0) @binding(2) var<storage, read> state: State;
@group(0) @binding(3) var<storage, read_write> chosen: array<u32>;      // [4], first word written
@group(0) @binding(4) var<uniform> params: Params;

var<workgroup> counts: array<u32, 256>;
var<workgroup> slots: atomic<u32>;

// Logits that come before (key, id) in the order (key descending, id ascending).
fn count_before(index: u32, key: u32, id: u32) -> u32 {
  var count = 0u;
  for (var i = index; i < params.v; i += 256u) {
    let other = order_key(logits[i]);
    count += select(0u, 1u, other > key || (other == key && i < id));
  }
  counts[index] = count;
  workgroupBarrier(); // publishes the count of each invocation
  var total = 0u;
  for (var j = 0u; j < 256u; j++) {
    total += counts[j];
  }
  workgroupBarrier(); // the counts may be overwritten
  return total;
}

// The rank-th largest key (rank >= 1): the largest key that at least `rank` logits reach.
fn key_of_rank(index: u32, rank: u32) -> u32 {
  var key = 0u;
  for (var bit = 0u; bit < 32u; bit++) {
    let higher = key | (0x80000000u >> bit);
    if (count_before(index, higher, 0xffffffffu) >= rank) {
      key = higher;
    }
  }
  return key;
}

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) index: u32) {
  let wanted = candidates_wanted(settings, params.v);
  let best = key_of_rank(index, 1u);
  let last = key_of_rank(index, wanted);
  var end = 0u; // ids below it are kept among the logits equal to the last one
  for (var bit = 0u; bit < 32u; bit++) {
    let higher = end | (0x80000000u >> bit);
    if (count_before(index, last, higher) <= wanted) {
      end = higher;
    }
  }
  var share = 0.0;
  for (var i = index; i < params.v; i += 256u) {
    let key = order_key(logits[i]);
    share += weight_of(key, best, settings.temperature);
    if (key > last || (key == last && i < end)) {
      let slot = min(atomicAdd(&slots, 1u), CAP - 1u);
      keys[slot] = key;
      ids[slot] = i;
    }
  }
  workgroupBarrier(); // publishes the candidates, in any order
  sort_candidates(index, wanted);
  let id = draw(index, wanted, share, uniform_number(settings.seed, state.step), settings);
  if (index == 255u) {
    chosen[0] = id;
  }
}
