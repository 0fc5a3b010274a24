// The record of where a sequence stands (common/state.wgsl), and what the ops that advance it share.

/** The record; changetype an address to it. */
// @ts-ignore: decorator
@unmanaged
export class State {
  position: u32;
  tokens: u32;
  step: u32;
  seed: u32;
  chosen: u32;
}

const RING_SIZE: u32 = 64;

/** Place of a step in the ring. */
// @ts-ignore: decorator
@inline
export function ringSlot(step: u32): u32 {
  return step % RING_SIZE;
}

/** Writes an id to its place in the ring and marks it as seen, if it is one of the vocabulary's `v`. */
// @ts-ignore: decorator
@inline
export function keepToken(id: u32, ringAt: usize, seen: usize, v: u32): void {
  store<u32>(ringAt, id);
  if (id < v) store<u32>(seen + (<usize>id << 2), 1);
}
