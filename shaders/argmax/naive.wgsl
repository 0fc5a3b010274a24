// argmax/naive: index of the largest logit; the lowest index on ties.
// chosen[C] = min { i : logits[C, i] = max logits[C] }
// Geometry: a workgroup per column C; 256 invocations stride over V, then a tree through workgroup memory.
// Requires: nothing.
// Cost: reads V logits once; bound by the bandwidth and latency of one workgroup.
struct Params { v: u32, stride: u32 }
@group(0) @binding(0) var<storage, read> logits: array<f32>;            // [C, stride]
@group(0) @binding(1) var<storage, read_write> chosen: array<u32>;      // [C] at least
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  var value = -3.4e38;
  var at = 0xffffffffu; // larger than any index, so that it never wins a tie
  for (var i = index; i < params.v; i += 256u) {
    let logit = logits[group.x * params.stride + i];
    if (logit > value) {
      value = logit;
      at = i;
    }
  }
  workgroup_best(index, value, at);
  if (index == 0u) {
    chosen[group.x] = min(best_index[0], params.v - 1u);
  }
}
