// Plain oracle of advance.
import { STATE_WORD } from '../common/state.ts';

/** Takes `id` into copies of the buffers. */
export function advanceReference(
  id: number,
  buffers: Readonly<Record<'state' | 'ids' | 'ring' | 'seen', Uint32Array>>,
): Record<'state' | 'ids' | 'ring' | 'seen', Uint32Array> {
  const state = buffers.state.slice();
  const ids = buffers.ids.slice();
  const ring = buffers.ring.slice();
  const seen = buffers.seen.slice();
  ring[state[STATE_WORD.step] % 64] = id;
  ids[0] = id;
  seen[id] = 1;
  state[STATE_WORD.position] += state[STATE_WORD.tokens];
  state[STATE_WORD.tokens] = 1;
  state[STATE_WORD.step] += 1;
  state[STATE_WORD.chosen] = id;
  return { state, ids, ring, seen };
}
