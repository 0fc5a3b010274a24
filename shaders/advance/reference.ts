// Plain oracle of advance.

/** Words of the state record (common/state.wgsl) by index. */
const POSITION = 0;
const TOKENS = 1;
const STEP = 2;
const CHOSEN = 4;

/** Takes `id` into copies of the buffers. */
export function advanceReference(
  id: number,
  buffers: Readonly<Record<'state' | 'ids' | 'ring' | 'seen', Uint32Array>>,
): Record<'state' | 'ids' | 'ring' | 'seen', Uint32Array> {
  const state = buffers.state.slice();
  const ids = buffers.ids.slice();
  const ring = buffers.ring.slice();
  const seen = buffers.seen.slice();
  ring[state[STEP] % 64] = id;
  ids[0] = id;
  seen[id] = 1;
  state[POSITION] += state[TOKENS];
  state[TOKENS] = 1;
  state[STEP] += 1;
  state[CHOSEN] = id;
  return { state, ids, ring, seen };
}
