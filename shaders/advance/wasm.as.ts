// advance for the CPU: see naive.wgsl.
import { keepToken, ringSlot, State } from '../common/wasm/state.as';

/** Bindings and params of kernel.ts. */
export function advance(chosen: usize, state: usize, ids: usize, ring: usize, seen: usize, params: usize): void {
  const sequences = load<u32>(params);
  const v = load<u32>(params, 4);
  const record = changetype<State>(state);
  const row = ring + (<usize>ringSlot(record.step) * sequences << 2);
  for (let c: u32 = 0; c < sequences; c++) {
    const id = load<u32>(chosen + (c << 2));
    store<u32>(ids + (c << 2), id);
    keepToken(id, row + (c << 2), seen + (<usize>c * v << 2), v);
  }
  record.position += record.tokens;
  record.tokens = 1;
  record.step += 1;
  record.chosen = load<u32>(chosen);
}
