// attention-decode/max-subgroup: largest score of a block of keys; the lanes of a subgroup share the look.
enable subgroups;
var<workgroup> scores: array<vec4f, 64>;

// All invocations must call it; one barrier, and one more is needed before the next call.
fn shared_max(index: u32, score: vec4f) -> vec4f {
  scores[index] = score;
  workgroupBarrier(); // publishes the scores
  let lanes = subgroupAdd(1u);
  var largest = vec4f(-3e38);
  for (var j = subgroupExclusiveAdd(1u); j < 64u; j += lanes) {
    largest = max(largest, scores[j]);
  }
  return subgroupMax(largest);
}
