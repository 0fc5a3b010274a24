// attention-prefill for the CPU: see common/wasm/attention.
import { attention } from '../common/wasm/attention.as';
import { KV_F16, KV_F32, KV_INT4, KV_INT8 } from '../common/wasm/kv.as';
import { State } from '../common/wasm/state.as';

// `kind` is a constant.
// @ts-ignore: decorator
@inline
function attentionPrefill(
  kind: i32,
  q: usize,
  kCache: usize,
  vCache: usize,
  state: usize,
  out: usize,
  params: usize,
  share: u32,
  shares: u32,
): void {
  const heads = load<u32>(params);
  const kvHeads = load<u32>(params, 4);
  const headDim = load<u32>(params, 8);
  const capacity = load<u32>(params, 12);
  const tokens = load<u32>(params, 16);
  const position = changetype<State>(state).position;
  attention(
    kind,
    q,
    kCache,
    vCache,
    out,
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

/** Bindings and params of kernel.ts; the grid says nothing. */
export function attentionPrefillF32(
  q: usize,
  kCache: usize,
  vCache: usize,
  state: usize,
  out: usize,
  params: usize,
  x: u32,
  y: u32,
  z: u32,
  share: u32,
  shares: u32,
): void {
  attentionPrefill(KV_F32, q, kCache, vCache, state, out, params, share, shares);
}

/** As attentionPrefillF32. */
export function attentionPrefillF16(
  q: usize,
  kCache: usize,
  vCache: usize,
  state: usize,
  out: usize,
  params: usize,
  x: u32,
  y: u32,
  z: u32,
  share: u32,
  shares: u32,
): void {
  attentionPrefill(KV_F16, q, kCache, vCache, state, out, params, share, shares);
}

/** As attentionPrefillF32. */
export function attentionPrefillInt8(
  q: usize,
  kCache: usize,
  vCache: usize,
  state: usize,
  out: usize,
  params: usize,
  x: u32,
  y: u32,
  z: u32,
  share: u32,
  shares: u32,
): void {
  attentionPrefill(KV_INT8, q, kCache, vCache, state, out, params, share, shares);
}

/** As attentionPrefillF32. */
export function attentionPrefillInt4(
  q: usize,
  kCache: usize,
  vCache: usize,
  state: usize,
  out: usize,
  params: usize,
  x: u32,
  y: u32,
  z: u32,
  share: u32,
  shares: u32,
): void {
  attentionPrefill(KV_INT4, q, kCache, vCache, state, out, params, share, shares);
}
