// argmax/naive: index of the largest logit; the lowest index on ties.
// chosen[0] = min { i : logits[i] = max logits }
// Geometry: one workgroup; 256 invocations stride over V, then a tree through workgroup memory.
// Requires: nothing.
// Cost: reads V logits once; bound by the bandwidth and latency of one workgroup.
struct Params { v: u32 }
@group(0) @binding(0) var<storage, read> logits: array<f32>;            // [V]
@group(0) @binding(1) var<storage, read_write> chosen: array<u32>;      // [4], first word written
@group(0) @binding(2) var<uniform> params: Params;

var<workgroup> best_value: array<f32, 256>;
var<workgroup> best_index: array<u32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) index: u32) {
  var value = -3.4e38;
  var at = 0xffffffffu; // larger than any index, so that it never wins a tie
  for (var i = index; i < params.v; i += 256u) {
    let logit = logits[i];
    if (logit > value) {
      value = logit;
      at = i;
    }
  }
  best_value[index] = value;
  best_index[index] = at;
  workgroupBarrier(); // publishes the best of each invocation
  for (var half = 128u; half > 0u; half /= 2u) {
    if (index < half) {
      let other = best_value[index + half];
      let other_at = best_index[index + half];
      if (other > best_value[index] || (other == best_value[index] && other_at < best_index[index])) {
        best_value[index] = other;
        best_index[index] = other_at;
      }
    }
    workgroupBarrier(); // publishes this level
  }
  if (index == 0u) {
    chosen[0] = min(best_index[0], params.v - 1u);
  }
}
