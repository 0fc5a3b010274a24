// accept/naive: as advance, for each column of a pass up to the first that disagrees with its draft.
// for c = 0 .. T - 1, until chosen[c] != ids[c + 1]:
//   ring[step % 64] = chosen[c];  seen[chosen[c]] = 1;  position += 1;  step += 1
// then ids[0] = state.chosen = the last of them;  tokens = 1
// Geometry: one invocation.
// Requires: nothing.
// Cost: one dispatch.
const RING_SIZE = 64u;
struct Params { v: u32 }
@group(0) @binding(0) var<storage, read> chosen: array<u32>;            // [>= T]
@group(0) @binding(1) var<storage, read_write> state: State;
@group(0) @binding(2) var<storage, read_write> ids: array<u32>;         // [>= T] of this and the next pass
@group(0) @binding(3) var<storage, read_write> ring: array<u32>;        // [64] ids for the host to read
@group(0) @binding(4) var<storage, read_write> seen: array<u32>;        // [V] 1 where the token occurred
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(1)
fn main() {
  let tokens = state.tokens;
  var id = 0u;
  for (var c = 0u; c < tokens; c++) {
    id = chosen[c];
    ring[state.step % RING_SIZE] = id;
    if (id < params.v) {
      seen[id] = 1u;
    }
    state.position += 1u;
    state.step += 1u;
    if (c + 1u < tokens && ids[c + 1u] != id) {
      break;
    }
  }
  ids[0] = id;
  state.tokens = 1u;
  state.chosen = id;
}
