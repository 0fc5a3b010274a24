// common/state: the 64-byte record of where a sequence stands;
// advanced on the GPU, so that no token needs a write from the host.
struct State {
  // Position of the first token of this pass in the KV cache, and how many tokens the pass has.
  position: u32,
  tokens: u32,
  // Tokens sampled so far in this generation: place in the ring of ids, and counter of the random generator.
  step: u32,
  seed: u32,
  // Id chosen last.
  chosen: u32,
  reserved_0: u32,
  reserved_1: u32,
  reserved_2: u32,
}
