// common/random: a counter-based generator. PCG hash of M. Jarzynski and M. Olano, "Hash Functions for GPU
// Rendering",
// Journal of Computer Graphics Techniques 9(3), 2020 (after M. O'Neill's PCG-RXS-M-XS).
fn pcg_hash(input: u32) -> u32 {
  let state = input * 747796405u + 2891336453u;
  let word = ((state >> ((state >> 28u) + 4u)) ^ state) * 277803737u;
  return (word >> 22u) ^ word;
}

// The step-th number of a seed, in (0, 1): an odd multiple of 2^-24, hence exact in f32.
fn uniform_number(seed: u32, step: u32) -> f32 {
  let bits = pcg_hash(pcg_hash(seed) + step) >> 9u;
  return (f32(bits) + 0.5) * 0x1p-23;
}
