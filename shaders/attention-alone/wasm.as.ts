// attention-alone for the CPU: columns of one sequence are tokens that share the keys, others go one by one.
import { attention } from '../common/wasm/attention.as';
import { KV_F16, KV_F32, KV_INT4, KV_INT8, kvHeadBytes } from '../common/wasm/kv.as';
import { State } from '../common/wasm/state.as';

// `kind` is a constant.
// @ts-ignore: decorator
@inline
function attentionAlone(
  kind: i32,
  q: usize,
  kCache: usize,
  vCache: usize,
  state: usize,
  out: usize,
  params: usize,
  columns: u32,
  share: u32,
  shares: u32,
): void {
  const heads = load<u32>(params);
  const kvHeads = load<u32>(params, 4);
  const headDim = load<u32>(params, 8);
  const capacity = load<u32>(params, 12);
  const isParallel = load<u32>(params, 16) !== 0;
  const position = changetype<State>(state).position;
  const slabBytes = kvHeadBytes(kind, headDim, capacity) * kvHeads;
  const columnBytes: usize = heads * headDim << 2;
  const sequences: u32 = isParallel ? columns : 1;
  const tokens: u32 = isParallel ? 1 : columns;
  for (let c: usize = 0; c < sequences; c++) {
    const slab = c * slabBytes;
    const column = c * columnBytes;
    const keys = kCache + slab;
    const values = vCache + slab;
    attention(
      kind,
      q + column,
      keys,
      values,
      out + column,
      heads,
      kvHeads,
      headDim,
      capacity,
      tokens,
      position,
      share,
      shares,
    );
  }
}

/** Bindings and params of kernel.ts; the grid is the columns. */
export function attentionAloneF32(
  q: usize,
  kCache: usize,
  vCache: usize,
  state: usize,
  out: usize,
  params: usize,
  columns: u32,
  y: u32,
  z: u32,
  share: u32,
  shares: u32,
): void {
  attentionAlone(KV_F32, q, kCache, vCache, state, out, params, columns, share, shares);
}

/** As attentionAloneF32. */
export function attentionAloneF16(
  q: usize,
  kCache: usize,
  vCache: usize,
  state: usize,
  out: usize,
  params: usize,
  columns: u32,
  y: u32,
  z: u32,
  share: u32,
  shares: u32,
): void {
  attentionAlone(KV_F16, q, kCache, vCache, state, out, params, columns, share, shares);
}

/** As attentionAloneF32. */
export function attentionAloneInt8(
  q: usize,
  kCache: usize,
  vCache: usize,
  state: usize,
  out: usize,
  params: usize,
  columns: u32,
  y: u32,
  z: u32,
  share: u32,
  shares: u32,
): void {
  attentionAlone(KV_INT8, q, kCache, vCache, state, out, params, columns, share, shares);
}

/** As attentionAloneF32. */
export function attentionAloneInt4(
  q: usize,
  kCache: usize,
  vCache: usize,
  state: usize,
  out: usize,
  params: usize,
  columns: u32,
  y: u32,
  z: u32,
  share: u32,
  shares: u32,
): void {
  attentionAlone(KV_INT4, q, kCache, vCache, state, out, params, columns, share, shares);
}
