// token-loss/naive: cross-entropy of one target per row, log-sum-exp, and the most likely token.
// m = max logits[row, V], s = sum over i of exp(logits[row, i] - m)
// loss[row] = log(s) + (m - logits[row, target]), log_sum_exp[row] = m + log(s),
// best[row] = min { i : logits[row, i] = m }
// Geometry: workgroup t handles row t; 256 invocations stride over V twice, each time then a tree.
// Requires: nothing.
// Cost: reads each logit twice; small beside the product that made them.
struct Params { v: u32 }
@group(0) @binding(0) var<storage, read> logits: array<f32>;            // [T, V]
@group(0) @binding(1) var<storage, read> targets: array<u32>;           // [T]
@group(0) @binding(2) var<storage, read_write> loss: array<f32>;        // [T]
@group(0) @binding(3) var<storage, read_write> log_sum_exp: array<f32>; // [T]
@group(0) @binding(4) var<storage, read_write> best: array<u32>;        // [T]
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let row = group.x;
  let base = row * params.v;
  var value = -3.4e38;
  var at = 0xffffffffu; // larger than any index, so that it never wins a tie
  for (var i = index; i < params.v; i += 256u) {
    let logit = logits[base + i];
    if (logit > value) {
      value = logit;
      at = i;
    }
  }
  workgroup_best(index, value, at);
  let largest = best_value[0];
  var sum = 0.0;
  for (var i = index; i < params.v; i += 256u) {
    sum += exp(logits[base + i] - largest);
  }
  let total = workgroup_sum_and_max(index, sum, 0.0).x;
  if (index == 0u) {
    let log_total = log(total);
    loss[row] = log_total + (largest - logits[base + targets[row]]);
    log_sum_exp[row] = largest + log_total;
    best[row] = min(best_index[0], params.v - 1u);
  }
}
