// accept for the CPU: see naive.wgsl.
import { keepToken, ringSlot, State } from '../common/wasm/state.as';

/** Bindings and params of kernel.ts. */
export function accept(chosen: usize, state: usize, ids: usize, ring: usize, seen: usize, params: usize): void {
  const v = load<u32>(params);
  const record = changetype<State>(state);
  const tokens = record.tokens;
  let id: u32 = 0;
  for (let c: u32 = 0; c < tokens; c++) {
    id = load<u32>(chosen + (c << 2));
    keepToken(id, ring + (ringSlot(record.step) << 2), seen, v);
    record.position += 1;
    record.step += 1;
    if (c + 1 < tokens && load<u32>(ids + ((c + 1) << 2)) !== id) break;
  }
  store<u32>(ids, id);
  record.tokens = 1;
  record.chosen = id;
}
