// mark-seen/naive: marks the ids of a prompt as seen, for the repetition penalty.
// seen[ids[t]] = 1 for t < tokens
// Geometry: one invocation per token, 64 per workgroup.
// Requires: nothing.
// Cost: one dispatch.
struct Params { tokens: u32 }
@group(0) @binding(0) var<storage, read> ids: array<u32>;               // [T]
@group(0) @binding(1) var<storage, read_write> seen: array<u32>;        // [V] 1 where the token occurred
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let token = group.x * 64u + index;
  if (token < params.tokens && ids[token] < arrayLength(&seen)) {
    seen[ids[token]] = 1u; // several invocations may write the same word: all write the same value
  }
}
