// sample/candidates: the part that all variants share: a list of at most 1024 candidates in workgroup
// memory, its sorting and the draw. Every function must be called by all 256 invocations of the workgroup.
const CAP = 1024u; // keys, ids and sums take 12 of the 16 KiB of workgroup memory
var<workgroup> keys: array<u32, 1024>; // order_key of each candidate's logit
var<workgroup> ids: array<u32, 1024>;
var<workgroup> sums: array<f32, 1024>; // of the weights up to each candidate
var<workgroup> parts: array<vec2f, 256>; // (sum over all logits, sum over 4 candidates) of each invocation

// Weight of a logit relative to the best one.
fn weight_of(key: u32, best: u32, temperature: f32) -> f32 {
  // exp(-200) is zero in f32; the bound keeps masked logits at tiny temperatures finite.
  return exp(max((key_value(key) - key_value(best)) / max(temperature, 1e-6), -200.0));
}

// Candidates to keep before top-p: the record's top_k, 0 meaning as many as fit.
fn candidates_wanted(settings: Settings, v: u32) -> u32 {
  return min(select(min(settings.top_k, CAP), CAP, settings.top_k == 0u), v);
}

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
// the sum of weights over all logits, used when there is no top-k. Invocation 255 gets the id; the others
// get 0.
fn draw(index: u32, kept: u32, share: f32, number: f32, settings: Settings) -> u32 {
  var running: array<f32, 4>;
  var sum = 0.0;
  for (var part = 0u; part < 4u; part++) {
    let i = 4u * index + part;
    if (i < kept) {
      sum += weight_of(keys[i], keys[0], settings.temperature);
    }
    running[part] = sum;
  }
  parts[index] = vec2f(share, sum);
  workgroupBarrier(); // publishes the sums of 4 candidates each
  var before = vec2f(0.0);
  for (var j = 0u; j < index; j++) {
    before += parts[j];
  }
  for (var part = 0u; part < 4u; part++) {
    sums[4u * index + part] = before.y + running[part];
  }
  workgroupBarrier(); // publishes the running sums
  if (index != 255u) {
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
