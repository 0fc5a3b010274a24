// sparse-product for the CPU: see kernel.ts for the formula and the entries.
import { expandRow } from '../common/wasm/float-or-int8.as';
import { SCRATCH } from '../common/wasm/scratch.as';

/** Bindings and params of kernel.ts. K is at most 2^18. */
export function sparseProduct(
  entries: usize,
  scale: usize,
  x: usize,
  xScale: usize,
  out: usize,
  params: usize,
): void {
  const m = load<u32>(params);
  const k = load<u32>(params, 4);
  const slots = load<u32>(params, 8);
  const block = load<u32>(params, 12);
  const target = out + (<usize>load<u32>(params, 16) << 2);
  const stride = load<u32>(params, 20);
  const tokens = load<u32>(params, 24);
  for (let t: u32 = 0; t < tokens; t++) {
    expandRow(x, xScale, k, block, t, SCRATCH);
    let at = entries;
    let to = target + ((<usize>t * stride) << 2);
    for (let row: u32 = 0; row < m; row++) {
      let sum: f32 = 0;
      for (let first = SCRATCH; first < SCRATCH + (<usize>k << 2); first += 128) {
        for (const end = at + (slots << 1); at < end; at += 4) sum += dotWord(load<u32>(at), first);
      }
      store<f32>(to, load<f32>(to) + load<f32>(scale + (row << 2)) * sum);
      to += 4;
    }
  }
}

// Both entries of a word times the f32 of their block: bits 0..4 the position, 5..15 the value, likewise above.
// @ts-ignore: decorator
@inline
function dotWord(word: u32, x: usize): f32 {
  const low = <f32>((<i32>(word << 16)) >> 21) * load<f32>(x + ((word & 31) << 2));
  return low + <f32>(<i32>word >> 21) * load<f32>(x + (((word >> 16) & 31) << 2));
}
