// The counter-based generator of common/random.wgsl, bit for bit.

/** The hash that all of it is made of. */
// @ts-ignore: decorator
@inline
export function pcgHash(input: u32): u32 {
  const state = input * 747796405 + 2891336453;
  const word = ((state >> ((state >> 28) + 4)) ^ state) * 277803737;
  return (word >> 22) ^ word;
}

/** The step-th number of a seed, in (0, 1): an odd multiple of 2^-24. */
export function uniformNumber(seed: u32, step: u32): f32 {
  return (<f32>(pcgHash(pcgHash(seed) + step) >> 9) + <f32>0.5) * <f32>(1.0 / 8388608);
}
