// attention-decode/max-scan: largest score of a block of keys; every invocation looks at all.
var<workgroup> scores: array<vec4f, 64>;

// All invocations must call it; one barrier, and one more is needed before the next call.
fn shared_max(index: u32, score: vec4f) -> vec4f {
  scores[index] = score;
  workgroupBarrier(); // publishes the scores
  var largest = scores[0];
  for (var j = 1u; j < 64u; j++) {
    largest = max(largest, scores[j]);
  }
  return largest;
}
