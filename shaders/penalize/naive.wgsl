// penalize/naive: the repetition penalty of CTRL (arXiv 1909.05858), in place.
// logits[C, V] = seen ? (l > 0 ? l / penalty : l * penalty) : l
// Geometry: one invocation per logit, 256 per workgroup, grid folded into x and y; z is the column C.
// Requires: nothing.
// Cost: reads the marks and logits once, writes the penalised ones; bound by memory.
struct Params {
  v: u32,
  parallel: u32, // 1: column c has marks of its own, 0: it follows after ids[1..c]
}
@group(0) @binding(0) var<storage, read> seen: array<u32>;              // [V] or [C, V] 1 where it occurred
@group(0) @binding(1) var<storage, read> settings: Settings;
@group(0) @binding(2) var<storage, read> ids: array<u32>;               // [>= C] of this pass
@group(0) @binding(3) var<storage, read_write> logits: array<f32>;      // [C, V]
@group(0) @binding(4) var<uniform> params: Params;

fn is_seen(i: u32, column: u32) -> bool {
  if (params.parallel != 0u) {
    return seen[column * params.v + i] != 0u;
  }
  var found = seen[i] != 0u;
  for (var c = 1u; c <= column; c++) {
    found = found || ids[c] == i;
  }
  return found;
}

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let i = (group.x + group.y * groups.x) * 256u + index;
  let penalty = settings.repetition_penalty;
  if (i >= params.v || penalty == 1.0 || !is_seen(i, group.z)) {
    return;
  }
  let at = group.z * params.v + i;
  let logit = logits[at];
  logits[at] = select(logit * penalty, logit / penalty, logit > 0.0);
}
