// rope-kv-write for the CPU: see rope.wgsl for the formula, common/kv/layout.ts for the cache.
import { rotateHead } from '../common/wasm/hadamard-head.as';
import { writeToken } from '../common/wasm/kv-write.as';
import { KV_BLOCK, KV_F16, KV_F32, KV_INT4, KV_INT8, kvBlockBytes, kvHeadBytes } from '../common/wasm/kv.as';
import { scratch } from '../common/wasm/scratch.as';
import { State } from '../common/wasm/state.as';

/** Bytes of a rotated head, at the beginning of scratch; behind it lies what writeToken needs. */
const HEAD_BYTES: usize = 1024;

/** Columns (i, i + Dh / 2), four pairs at a time and the rest one by one. */
function turnHalves(from: usize, turns: usize, headDim: u32, factor: f32, to: usize): void {
  const half: u32 = headDim >> 1;
  const second: usize = half << 2;
  const factors = f32x4.splat(factor);
  let i: u32 = 0;
  for (; i + 4 <= half; i += 4) {
    const at: usize = i << 2;
    const a = v128.load(from + at);
    const b = v128.load(from + second + at);
    const low = v128.load(turns + 2 * at);
    const high = v128.load(turns + 2 * at, 16);
    const cos = f32x4.mul(i32x4.shuffle(low, high, 0, 2, 4, 6), factors);
    const sin = f32x4.mul(i32x4.shuffle(low, high, 1, 3, 5, 7), factors);
    v128.store(to + at, f32x4.sub(f32x4.mul(a, cos), f32x4.mul(b, sin)));
    v128.store(to + second + at, f32x4.add(f32x4.mul(b, cos), f32x4.mul(a, sin)));
  }
  for (; i < half; i++) {
    const at: usize = i << 2;
    const a = load<f32>(from + at);
    const b = load<f32>(from + second + at);
    const cos = load<f32>(turns + 2 * at) * factor;
    const sin = load<f32>(turns + 2 * at, 4) * factor;
    store<f32>(to + at, a * cos - b * sin);
    store<f32>(to + second + at, b * cos + a * sin);
  }
}

/** Columns (2 i, 2 i + 1). */
function turnPairs(from: usize, turns: usize, headDim: u32, factor: f32, to: usize): void {
  const factors = f32x4.splat(factor);
  const end: usize = headDim << 2;
  for (let at: usize = 0; at < end; at += 16) {
    const v = v128.load(from + at);
    const turn = f32x4.mul(v128.load(turns + at), factors);
    const cos = i32x4.shuffle(turn, turn, 0, 0, 2, 2);
    const sin = v128.xor(i32x4.shuffle(turn, turn, 1, 1, 3, 3), i32x4(0x80000000, 0, 0x80000000, 0));
    v128.store(to + at, f32x4.add(f32x4.mul(v, cos), f32x4.mul(i32x4.shuffle(v, v, 1, 0, 3, 2), sin)));
  }
}

// @ts-ignore: decorator
@inline
function turn(kind: i32, isPairs: bool, from: usize, turns: usize, headDim: u32, factor: f32, to: usize): void {
  if (isPairs) turnPairs(from, turns, headDim, factor, to);
  else turnHalves(from, turns, headDim, factor, to);
  if (kind === KV_INT4) rotateHead(to, headDim);
}

// `kind` is a constant.
// @ts-ignore: decorator
@inline
function ropeKvWrite(
  kind: i32,
  qkv: usize,
  rope: usize,
  state: usize,
  qOut: usize,
  kCache: usize,
  vCache: usize,
  params: usize,
  tokens: u32,
): void {
  const heads = load<u32>(params);
  const kvHeads = load<u32>(params, 4);
  const headDim = load<u32>(params, 8);
  const capacity = load<u32>(params, 12);
  const isPairs = load<u32>(params, 16) === 1;
  const isParallel = load<u32>(params, 20) !== 0;
  const first = changetype<State>(state).position;
  const headBytes: usize = headDim << 2;
  const rotated = scratch();
  const writing = rotated + HEAD_BYTES;
  const factor = <f32>1 / sqrt<f32>(<f32>headDim);
  for (let t: u32 = 0; t < tokens; t++) {
    const position = isParallel ? first : first + t;
    // A position outside the cache would overwrite the next head's keys.
    if (position >= capacity) return;
    const turns = rope + <usize>position * headBytes;
    const queries = qkv + <usize>t * (heads + 2 * kvHeads) * headBytes;
    const out = qOut + <usize>t * heads * headBytes;
    for (let h: usize = 0; h < heads; h++) {
      turn(kind, isPairs, queries + h * headBytes, turns, headDim, factor, out + h * headBytes);
    }
    const keys = queries + headBytes * heads;
    const values = keys + headBytes * kvHeads;
    const token = position % KV_BLOCK;
    const slab: usize = isParallel ? <usize>t * kvHeads : 0;
    for (let g: usize = 0; g < kvHeads; g++) {
      const block =
        (slab + g) * kvHeadBytes(kind, headDim, capacity) + kvBlockBytes(kind, headDim) * (position / KV_BLOCK);
      turn(kind, isPairs, keys + g * headBytes, turns, headDim, 1, rotated);
      writeToken(kind, false, kCache + block, token, rotated, headDim, writing);
      let value = values + g * headBytes;
      if (kind === KV_INT4) {
        memory.copy(rotated, value, headBytes);
        rotateHead(rotated, headDim);
        value = rotated;
      }
      writeToken(kind, true, vCache + block, token, value, headDim, writing);
    }
  }
}

/** Bindings and params of kernel.ts; the grid is the tokens. */
export function ropeKvWriteF32(
  qkv: usize,
  rope: usize,
  state: usize,
  qOut: usize,
  kCache: usize,
  vCache: usize,
  params: usize,
  tokens: u32,
): void {
  ropeKvWrite(KV_F32, qkv, rope, state, qOut, kCache, vCache, params, tokens);
}

/** As ropeKvWriteF32. */
export function ropeKvWriteF16(
  qkv: usize,
  rope: usize,
  state: usize,
  qOut: usize,
  kCache: usize,
  vCache: usize,
  params: usize,
  tokens: u32,
): void {
  ropeKvWrite(KV_F16, qkv, rope, state, qOut, kCache, vCache, params, tokens);
}

/** As ropeKvWriteF32. */
export function ropeKvWriteInt8(
  qkv: usize,
  rope: usize,
  state: usize,
  qOut: usize,
  kCache: usize,
  vCache: usize,
  params: usize,
  tokens: u32,
): void {
  ropeKvWrite(KV_INT8, qkv, rope, state, qOut, kCache, vCache, params, tokens);
}

/** As ropeKvWriteF32. */
export function ropeKvWriteInt4(
  qkv: usize,
  rope: usize,
  state: usize,
  qOut: usize,
  kCache: usize,
  vCache: usize,
  params: usize,
  tokens: u32,
): void {
  ropeKvWrite(KV_INT4, qkv, rope, state, qOut, kCache, vCache, params, tokens);
}
