// sparse-product for the CPU: see kernel.ts for the formula and the entries.
import { expandRow } from '../common/wasm/float-or-int8.as';
import { scratch } from '../common/wasm/scratch.as';
import { shareStart } from '../common/wasm/share.as';

/** Bindings and params of kernel.ts; the grid says nothing. K is at most 2^18. */
export function sparseProduct(
  entries: usize,
  scale: usize,
  x: usize,
  xScale: usize,
  out: usize,
  params: usize,
  gridX: u32,
  gridY: u32,
  gridZ: u32,
  share: u32,
  shares: u32,
): void {
  const m = load<u32>(params);
  const k = load<u32>(params, 4);
  const slots = load<u32>(params, 8);
  const block = load<u32>(params, 12);
  const target = out + (<usize>load<u32>(params, 16) << 2);
  const stride = load<u32>(params, 20);
  const tokens = load<u32>(params, 24);
  const start = shareStart(m, share, shares);
  const end = shareStart(m, share + 1, shares);
  const values = scratch();
  const valuesEnd = values + (<usize>k << 2);
  for (let t: u32 = 0; t < tokens; t++) {
    expandRow(x, xScale, k, block, t, values);
    let at = entries + <usize>start * (k >> 5) * (slots << 1);
    let to = target + ((<usize>t * stride + start) << 2);
    for (let row = start; row < end; row++) {
      let sum: f32 = 0;
      for (let first = values; first < valuesEnd; first += 128) {
        for (const blockEnd = at + (slots << 1); at < blockEnd; at += 4) sum += dotWord(load<u32>(at), first);
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
