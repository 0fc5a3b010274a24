// sample/candidates: the part that all variants share: a list of at most 1024 candidates in workgroup
// memory, and the draw. Every function must be called by all WG_SIZE invocations of the workgroup.
const CAP = 1024u; // keys, ids and sums take 12 of the 16 KiB of workgroup memory
var<workgroup> keys: array<u32, 1024>; // order_key of each candidate's logit
var<workgroup> ids: array<u32, 1024>;
var<workgroup> sums: array<f32, 1024>; // of the weights up to each candidate
var<workgroup> parts: array<vec2f, 256>; // (sum over all logits, sum over own candidates) of each invocation

// Weight of a logit relative to the best one.
fn weight_of(key: u32, best: u32, temperature: f32) -> f32 {
  // exp(-200) is zero in f32; the bound keeps masked logits at tiny temperatures finite.
  return exp(max((key_value(key) - key_value(best)) / max(temperature, 1e-6), -200.0));
}

// Candidates to keep before top-p: the record's top_k, 0 meaning as many as fit.
fn candidates_wanted(settings: Settings, v: u32) -> u32 {
  return min(select(min(settings.top_k, CAP), CAP, settings.top_k == 0u), v);
}

// Of the first `count` candidates, how many have a running sum below `bound`.
fn count_below(bound: f32, count: u32) -> u32 {
  var low = 0u;
  var high = count;
  while (low < high) {
    let middle = (low + high) / 2u;
    if (sums[middle] < bound) {
      low = middle + 1u;
    } else {
      high = middle;
    }
  }
  return low;
}

// Of the first `count` candidates, how many are at least min_p times as likely as the best;
// the best always is.
fn count_likely(count: u32, settings: Settings) -> u32 {
  var low = 1u;
  var high = count;
  while (low < high) {
    let middle = (low + high) / 2u;
    if (weight_of(keys[middle], keys[0], settings.temperature) >= settings.min_p) {
      low = middle + 1u;
    } else {
      high = middle;
    }
  }
  return low;
}

// top-p, min-p and the draw among the first `kept` sorted candidates. `share` is this invocation's part of
// the sum of weights over all logits, used when there is no top-k. The last invocation gets the id; the
// others get 0.
fn draw(index: u32, kept: u32, share: f32, number: f32, settings: Settings) -> u32 {
  let own = CAP / WG_SIZE; // candidates of each invocation
  var sum = 0.0;
  for (var i = own * index; i < own * (index + 1u); i++) {
    if (i < kept) {
      sum += weight_of(keys[i], keys[0], settings.temperature);
    }
    sums[i] = sum;
  }
  parts[index] = vec2f(share, sum);
  workgroupBarrier(); // publishes the sums of each invocation
  var before = vec2f(0.0);
  for (var j = 0u; j < index; j++) {
    before += parts[j];
  }
  for (var i = own * index; i < own * (index + 1u); i++) {
    sums[i] += before.y;
  }
  workgroupBarrier(); // publishes the running sums
  if (index != WG_SIZE - 1u) {
    return 0u;
  }
  var survivors = kept;
  if (settings.top_p < 1.0) {
    let mass = select(sums[kept - 1u], before.x + share, settings.top_k == 0u);
    survivors = min(count_below(settings.top_p * mass, kept) + 1u, kept);
  }
  survivors = count_likely(survivors, settings);
  let place = count_below(number * sums[survivors - 1u], survivors);
  return ids[min(place, survivors - 1u)];
}
