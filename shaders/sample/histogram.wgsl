// sample/histogram: draws the next token; the k best logits are found by histograms of their bits,
//   from a lower bound by the part joined. chosen[C] = candidate i with sum_{j <= i} w_j >= u * sum w;
//   w = exp((l - max l) / temperature), u = hash(seed, step)
// Geometry: a workgroup of WG_SIZE invocations that stride over V per column C.
// Requires: nothing.  Overrides: WG_SIZE (1..256, power of two; 256 with some of the parts joined).
// Cost: 3 passes over V when at most 1024 logits reach the lower bound, else up to 5 more.
override WG_SIZE: u32 = 256u;
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

var<workgroup> bins: array<atomic<u32>, 256>;
var<workgroup> slots: atomic<u32>;
var<private> first_logit: u32; // of this column
var<workgroup> best_key: u32;
// (low, high): range that holds the wanted-th best value; how many values are above it;
// how many reach its lower end.
var<workgroup> found: vec4u;

// Counts the values in [low, high] by their leading bits and narrows `found` to the bin that holds the
// wanted-th best. Values are keys, or, among logits of key `tied`, ids counted from the end.
fn narrow(index: u32, wanted: u32, low: u32, high: u32, above: u32, tied: u32) {
  for (var bin = index; bin < 256u; bin += WG_SIZE) {
    atomicStore(&bins[bin], 0u);
  }
  workgroupBarrier(); // publishes the empty bins
  let shift = 24u - min(24u, countLeadingZeros(high - low));
  for (var i = index; i < params.v; i += WG_SIZE) {
    let key = order_key(logits[first_logit + i]);
    let value = select(key, params.v - 1u - i, tied != 0u);
    if (value >= low && value <= high && (tied == 0u || key == tied)) {
      atomicAdd(&bins[(value - low) >> shift], 1u);
    }
  }
  workgroupBarrier(); // publishes the histogram
  for (var own = index; own < 256u; own += WG_SIZE) {
    var higher = above;
    for (var bin = own + 1u; bin < 256u; bin++) {
      higher += atomicLoad(&bins[bin]);
    }
    let here = atomicLoad(&bins[own]);
    if (higher < wanted && higher + here >= wanted) {
      let start = low + (own << shift);
      let width = min(high - start, (1u << shift) - 1u);
      found = vec4u(start, start + width, higher, higher + here);
    }
  }
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
  bound(index, wanted);
  let best = workgroupUniformLoad(&best_key);
  var low = workgroupUniformLoad(&found).x;
  var high = best;
  var above = 0u;
  var count = 0u;
  var tied = 0u; // when equal logits alone overflow the list, they are narrowed by id, lowest first
  loop {
    narrow(index, wanted, low, high, above, tied);
    let range = workgroupUniformLoad(&found);
    low = range.x;
    high = range.y;
    above = range.z;
    count = range.w;
    if (count <= CAP) {
      break;
    }
    if (low == high) {
      tied = low;
      low = 0u;
      high = params.v - 1u;
    }
  }
  var share = 0.0;
  for (var i = index; i < params.v; i += WG_SIZE) {
    let key = order_key(logits[first_logit + i]);
    if (settings.top_k == 0u && settings.top_p < 1.0) {
      share += weight_of(key, best, settings.temperature);
    }
    let is_tied = tied != 0u && key == tied && params.v - 1u - i >= low;
    if (is_tied || (tied != 0u && key > tied) || (tied == 0u && key >= low)) {
      let slot = min(atomicAdd(&slots, 1u), CAP - 1u);
      keys[slot] = key;
      ids[slot] = i;
    }
  }
  workgroupBarrier(); // publishes the candidates, in any order
  sort_candidates(index, count);
  let id = draw(index, min(count, wanted), share, column_number(group.x), settings);
  if (index == WG_SIZE - 1u) {
    chosen[group.x] = id;
  }
}
