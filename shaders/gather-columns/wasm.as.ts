// gather-columns for the CPU.
import { activationAt } from '../common/wasm/float-or-int8.as';

/** Bindings and params of kernel.ts. */
export function gatherColumns(x: usize, xScale: usize, index: usize, out: usize, params: usize): void {
  const k = load<u32>(params);
  const block = load<u32>(params, 4);
  const columns = load<u32>(params, 8);
  const tokens = load<u32>(params, 12);
  let at = out;
  for (let t: u32 = 0; t < tokens; t++) {
    for (let j: u32 = 0; j < columns; j++) {
      store<f32>(at, activationAt(x, xScale, k, block, t, load<u32>(index + (j << 2))));
      at += 4;
    }
  }
}
