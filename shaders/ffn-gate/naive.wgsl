// ffn-gate/naive: the gated activation between the two halves of a feed-forward layer.
// out[T, F] = act(gate) * up;  act 0: max(g, 0)^2,  act 1: g / (1 + exp(-g));
//   gate = gate_up[t, 0..F), up = gate_up[t, F..2F)
// Geometry: one invocation per output, 256 per workgroup, grid folded into x and y.
// Requires: nothing.
// Cost: reads 8 bytes and writes 4 per output; bound by memory.
struct Params { f: u32, tokens: u32, activation: u32 }
@group(0) @binding(0) var<storage, read> gate_up: array<f32>;           // [T, 2F]
@group(0) @binding(1) var<storage, read_write> out: array<f32>;         // [T, F]
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let i = (group.x + group.y * groups.x) * 256u + index;
  if (i >= params.tokens * params.f) {
    return;
  }
  let token = i / params.f;
  let g = gate_up[i + token * params.f];
  let up = gate_up[i + token * params.f + params.f];
  let rectified = max(g, 0.0);
  // exp(80) is finite in f32, and g * exp(-80) is already zero beside any other activation.
  let silu = g / (1.0 + exp(min(-g, 80.0)));
  out[i] = select(rectified * rectified, silu, params.activation == 1u) * up;
}
