// Plain oracle of accept.

/** Words of the state record (common/state.wgsl) by index. */
const POSITION = 0;
const TOKENS = 1;
const STEP = 2;
const CHOSEN = 4;

/** Takes the choices that agree with the drafts, and the one after them, into copies of the buffers. */
export function acceptReference(
  chosen: Uint32Array,
  buffers: Readonly<Record<'state' | 'ids' | 'ring' | 'seen', Uint32Array>>,
): Record<'state' | 'ids' | 'ring' | 'seen', Uint32Array> {
  const state = buffers.state.slice();
  const ids = buffers.ids.slice();
  const ring = buffers.ring.slice();
  const seen = buffers.seen.slice();
  const drafts = [...buffers.ids.subarray(1, state[TOKENS])];
  const wrong = drafts.findIndex((draft, index) => draft !== chosen[index]);
  const taken = chosen.subarray(0, wrong < 0 ? state[TOKENS] : wrong + 1);
  taken.forEach((id, index) => {
    ring[(state[STEP] + index) % 64] = id;
    seen[id] = 1;
  });
  ids[0] = taken[taken.length - 1];
  state[POSITION] += taken.length;
  state[STEP] += taken.length;
  state[TOKENS] = 1;
  state[CHOSEN] = ids[0];
  return { state, ids, ring, seen };
}
