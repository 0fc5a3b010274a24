// Plain oracle of accept.
import { STATE_WORD } from '../common/state.ts';

/** Takes the choices that agree with the drafts, and the one after them, into copies of the buffers. */
export function acceptReference(
  chosen: Uint32Array,
  buffers: Readonly<Record<'state' | 'ids' | 'ring' | 'seen', Uint32Array>>,
): Record<'state' | 'ids' | 'ring' | 'seen', Uint32Array> {
  const state = buffers.state.slice();
  const ids = buffers.ids.slice();
  const ring = buffers.ring.slice();
  const seen = buffers.seen.slice();
  const drafts = [...buffers.ids.subarray(1, state[STATE_WORD.tokens])];
  const wrong = drafts.findIndex((draft, index) => draft !== chosen[index]);
  const taken = chosen.subarray(0, wrong < 0 ? state[STATE_WORD.tokens] : wrong + 1);
  taken.forEach((id, index) => {
    ring[(state[STATE_WORD.step] + index) % 64] = id;
    seen[id] = 1;
  });
  ids[0] = taken[taken.length - 1];
  state[STATE_WORD.position] += taken.length;
  state[STATE_WORD.step] += taken.length;
  state[STATE_WORD.tokens] = 1;
  state[STATE_WORD.chosen] = ids[0];
  return { state, ids, ring, seen };
}
