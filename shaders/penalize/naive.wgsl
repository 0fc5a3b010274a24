// penalize/naive: the repetition penalty of CTRL (arXiv 1909.05858), in place.
// logits[V] = seen ? (l > 0 ? l / penalty : l * penalty) : l
// Geometry: one invocation per logit, 256 per workgroup, grid folded into x and y.
// Requires: nothing.
// Cost: reads the marks and logits once, writes the penalised ones; bound by memory.
struct Params { v: u32 }
@group(0) @binding(0) var<storage, read> seen: array<u32>;              // [V] 1 where the token occurred
@group(0) @binding(1) var<storage, read> settings: Settings;
@group(0) @binding(2) var<storage, read_write> logits: array<f32>;      // [V]
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let i = (group.x + group.y * groups.x) * 256u + index;
  let penalty = settings.repetition_penalty;
  if (i >= params.v || penalty == 1.0 || seen[i] == 0u) {
    return;
  }
  let logit = logits[i];
  logits[i] = select(logit * penalty, logit / penalty, logit > 0.0);
}
