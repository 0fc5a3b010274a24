// sample/naive: draws the next token; the k best logits are found by bisection over the bits of their keys
//   and ids. chosen[C] = candidate i with sum_{j <= i} w_j >= u * sum w;
//   w = exp((l - max l) / temperature), u = hash(seed, step)
// Geometry: a workgroup of 256 invocations that stride over V per column C.
// Requires: nothing.
// Cost: 97 passes over V.
const WG_SIZE = 256u;
struct Params {
  v: u32,
  stride: u32, // logits from one column to the next
  parallel: u32, // 1: column c has a seed of its own, 0: it is the c-th next step
}
@group(0) @binding(0) var<storage, read> logits: array<f32>;            // [C, stride]
@group(0) @binding(1) var<storage, read> settings: Settings;
@group(0) @binding(2) var<storage, read> state: State;
@group(0) @binding(3) var<storage, read_write> chosen: array<u32>;      // [C] at least
@group(0) @binding(4) var<uniform> params: Params;

var<workgroup> counts: array<u32, 256>;
var<workgroup> slots: atomic<u32>;
var<private> first_logit: u32; // of this column

// Logits that come before (key, id) in the order (key descending, id ascending).
fn count_before(index: u32, key: u32, id: u32) -> u32 {
  var count = 0u;
  for (var i = index; i < params.v; i += WG_SIZE) {
    let other = order_key(logits[first_logit + i]);
    count += select(0u, 1u, other > key || (other == key && i < id));
  }
  counts[index] = count;
  workgroupBarrier(); // publishes the count of each invocation
  var total = 0u;
  for (var j = 0u; j < WG_SIZE; j++) {
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

// The random number of a column.
fn column_number(column: u32) -> f32 {
  let is_parallel = params.parallel != 0u;
  let seed = settings.seed + select(0u, column, is_parallel);
  return uniform_number(seed, state.step + select(column, 0u, is_parallel));
}

@compute @workgroup_size(WG_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  first_logit = group.x * params.stride;
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
  for (var i = index; i < params.v; i += WG_SIZE) {
    let key = order_key(logits[first_logit + i]);
    share += weight_of(key, best, settings.temperature);
    if (key > last || (key == last && i < end)) {
      let slot = min(atomicAdd(&slots, 1u), CAP - 1u);
      keys[slot] = key;
      ids[slot] = i;
    }
  }
  workgroupBarrier(); // publishes the candidates, in any order
  sort_candidates(index, wanted);
  let id = draw(index, wanted, share, column_number(group.x), settings);
  if (index == WG_SIZE - 1u) {
    chosen[group.x] = id;
  }
}
