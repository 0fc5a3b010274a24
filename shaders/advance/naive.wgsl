// advance/naive: takes the chosen id into the sequence, so that the next pass needs nothing from the host.
// ring[step % 64] = id;  ids[0] = id;  seen[id] = 1;  position += tokens;  tokens = 1;  step += 1;
//   state.chosen = id
// Geometry: one invocation.
// Requires: nothing.
// Cost: one dispatch.
const RING_SIZE = 64u;
struct Params { unused: u32 }
@group(0) @binding(0) var<storage, read> chosen: array<u32>;            // [4]
@group(0) @binding(1) var<storage, read_write> state: State;
@group(0) @binding(2) var<storage, read_write> ids: array<u32>;         // [>= 1] input of the next pass
@group(0) @binding(3) var<storage, read_write> ring: array<u32>;        // [64] ids for the host to read
@group(0) @binding(4) var<storage, read_write> seen: array<u32>;        // [V] 1 where the token occurred
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(1)
fn main() {
  let id = chosen[0];
  ring[state.step % RING_SIZE] = id;
  ids[0] = id;
  if (id < arrayLength(&seen)) {
    seen[id] = 1u;
  }
  state.position += state.tokens;
  state.tokens = 1u;
  state.step += 1u;
  state.chosen = id;
}
