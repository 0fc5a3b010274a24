// advance/naive: takes the chosen ids into the sequences, so that the next pass needs nothing from the host.
// ring[step % 64, C] = ids[C] = chosen[C];  seen[C, chosen[C]] = 1;  position += tokens;  tokens = 1;
//   step += 1;  state.chosen = chosen[0]
// Geometry: one invocation.
// Requires: nothing.
// Cost: one dispatch.
const RING_SIZE = 64u;
struct Params { sequences: u32, v: u32 }
@group(0) @binding(0) var<storage, read> chosen: array<u32>;            // [C]
@group(0) @binding(1) var<storage, read_write> state: State;
@group(0) @binding(2) var<storage, read_write> ids: array<u32>;         // [>= C] input of the next pass
@group(0) @binding(3) var<storage, read_write> ring: array<u32>;        // [64, C] ids for the host to read
@group(0) @binding(4) var<storage, read_write> seen: array<u32>;        // [C, V] 1 where the token occurred
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(1)
fn main() {
  let row = state.step % RING_SIZE * params.sequences;
  for (var c = 0u; c < params.sequences; c++) {
    let id = chosen[c];
    ring[row + c] = id;
    ids[c] = id;
    if (id < params.v) {
      seen[c * params.v + id] = 1u;
    }
  }
  state.position += state.tokens;
  state.tokens = 1u;
  state.step += 1u;
  state.chosen = chosen[0];
}
