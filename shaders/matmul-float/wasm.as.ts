// matmul-float for the CPU: four rows of weights are decoded once for a block of tokens.
// out[t * stride + first_row + m] (+)= sum over K of (scale[M, K / group] * W[M, K] + minimum[M, K / group]) * x[T, K]
// Order: blocks of tokens, chunks of columns, rows in fours, tokens in twos. The chunk of the activations of a block stays in
// the second cache while all rows pass; that of four decoded rows in the first. Sums of chunks are added in `out`.
import { B1, BF16, bytesOfColumns, F16, F32, T2, W4, W8 } from '../common/wasm/float-cells.as';
import { decodeRow } from '../common/wasm/decode-row.as';
import { sumsF32 } from '../common/wasm/lanes.as';
import { multiplyAdd } from '../common/wasm/multiply-add.as';
import { scratch } from '../common/wasm/scratch.as';
import { shareStart } from '../common/wasm/share.as';
import { storeRows } from '../common/wasm/store-rows.as';

/** Tokens of a block. */
const BLOCK: u32 = 64;
/** Columns of a chunk, and the bytes of a decoded row of it. */
const CHUNK: u32 = 1024;
const PANEL_ROW: usize = 4096;

/** Inlined once per layout. */
// @ts-ignore: decorator
@inline
function product(
  layout: i32,
  w: usize,
  rowScale: usize,
  rowMin: usize,
  x: usize,
  out: usize,
  params: usize,
  share: u32,
  shares: u32,
): void {
  const m = load<u32>(params);
  const k = load<u32>(params, 4);
  const group = load<u32>(params, 8);
  const firstRow = load<u32>(params, 12);
  const stride = load<u32>(params, 16);
  const accumulate = load<u32>(params, 20) !== 0;
  const hasMinima = load<u32>(params, 24) !== 0;
  const tokens = load<u32>(params, 28);
  const rowBytes = bytesOfColumns(layout, k);
  const scaleBytes = <usize>(k / group) << 2;
  const xBytes = <usize>k << 2;
  const outBytes = <usize>stride << 2;
  const start = shareStart(m, share, shares);
  const last = shareStart(m, share + 1, shares);
  const panel = scratch();
  for (let first: u32 = 0; first < tokens; first += BLOCK) {
    const end = min(tokens, first + BLOCK);
    for (let c: u32 = 0; c < k; c += CHUNK) {
      const stop = min(k, c + CHUNK);
      const chunkBytes = <usize>(stop - c) << 2;
      const adds = accumulate || c > 0;
      for (let row = start; row < last; row += 4) {
        for (let r: u32 = 0; r < 4; r++) {
          // Rows beyond the last are the last once more, and are not written.
          const own = <usize>min(row + r, last - 1);
          const minima = hasMinima ? rowMin + own * scaleBytes : 0;
          const to = panel + <usize>r * PANEL_ROW;
          decodeRow(layout, w + own * rowBytes, rowScale + own * scaleBytes, minima, group, c, stop, to);
        }
        let from = x + <usize>first * xBytes + (<usize>c << 2);
        let to = out + <usize>first * outBytes + (<usize>(firstRow + row) << 2);
        let t = first;
        for (; t + 1 < end; t += 2) {
          twoTokens(panel, from, from + xBytes, chunkBytes, to, to + outBytes, last - row, adds);
          from += 2 * xBytes;
          to += 2 * outBytes;
        }
        if (t < end) oneToken(panel, from, chunkBytes, to, last - row, adds);
      }
    }
  }
}

/** The decoded rows at w, of which `rows` are written, times the activations at a and b, `bytes` of each. */
function twoTokens(
  w: usize,
  a: usize,
  b: usize,
  bytes: usize,
  toA: usize,
  toB: usize,
  rows: u32,
  adds: bool,
): void {
  let a0 = f32x4.splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let b0 = a0;
  let b1 = a0;
  let b2 = a0;
  let b3 = a0;
  for (let i: usize = 0; i < bytes; i += 16) {
    const xa = v128.load(a + i);
    const xb = v128.load(b + i);
    const w0 = v128.load(w + i);
    const w1 = v128.load(w + i, PANEL_ROW);
    a0 = multiplyAdd(w0, xa, a0);
    b0 = multiplyAdd(w0, xb, b0);
    a1 = multiplyAdd(w1, xa, a1);
    b1 = multiplyAdd(w1, xb, b1);
    const w2 = v128.load(w + i, 2 * PANEL_ROW);
    const w3 = v128.load(w + i, 3 * PANEL_ROW);
    a2 = multiplyAdd(w2, xa, a2);
    b2 = multiplyAdd(w2, xb, b2);
    a3 = multiplyAdd(w3, xa, a3);
    b3 = multiplyAdd(w3, xb, b3);
  }
  storeRows(toA, sumsF32(a0, a1, a2, a3), rows, adds);
  storeRows(toB, sumsF32(b0, b1, b2, b3), rows, adds);
}

/** As twoTokens, for the last token of an odd number. */
function oneToken(w: usize, a: usize, bytes: usize, to: usize, rows: u32, adds: bool): void {
  let a0 = f32x4.splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  for (let i: usize = 0; i < bytes; i += 16) {
    const xa = v128.load(a + i);
    a0 = multiplyAdd(v128.load(w + i), xa, a0);
    a1 = multiplyAdd(v128.load(w + i, PANEL_ROW), xa, a1);
    a2 = multiplyAdd(v128.load(w + i, 2 * PANEL_ROW), xa, a2);
    a3 = multiplyAdd(v128.load(w + i, 3 * PANEL_ROW), xa, a3);
  }
  storeRows(to, sumsF32(a0, a1, a2, a3), rows, adds);
}

/** Bindings and params of kernel.ts; layout F32. */
export function matmulFloatF32(
  w: usize, rowScale: usize, rowMin: usize, x: usize, out: usize, params: usize,
  _x: u32, _y: u32, _z: u32, share: u32, shares: u32,
): void {
  product(F32, w, rowScale, rowMin, x, out, params, share, shares);
}

/** Bindings and params of kernel.ts; layout F16. */
export function matmulFloatF16(
  w: usize, rowScale: usize, rowMin: usize, x: usize, out: usize, params: usize,
  _x: u32, _y: u32, _z: u32, share: u32, shares: u32,
): void {
  product(F16, w, rowScale, rowMin, x, out, params, share, shares);
}

/** Bindings and params of kernel.ts; layout BF16. */
export function matmulFloatBF16(
  w: usize, rowScale: usize, rowMin: usize, x: usize, out: usize, params: usize,
  _x: u32, _y: u32, _z: u32, share: u32, shares: u32,
): void {
  product(BF16, w, rowScale, rowMin, x, out, params, share, shares);
}

/** Bindings and params of kernel.ts; layout W8. */
export function matmulFloatW8(
  w: usize, rowScale: usize, rowMin: usize, x: usize, out: usize, params: usize,
  _x: u32, _y: u32, _z: u32, share: u32, shares: u32,
): void {
  product(W8, w, rowScale, rowMin, x, out, params, share, shares);
}

/** Bindings and params of kernel.ts; layout W4. */
export function matmulFloatW4(
  w: usize, rowScale: usize, rowMin: usize, x: usize, out: usize, params: usize,
  _x: u32, _y: u32, _z: u32, share: u32, shares: u32,
): void {
  product(W4, w, rowScale, rowMin, x, out, params, share, shares);
}

/** Bindings and params of kernel.ts; layout T2. */
export function matmulFloatT2(
  w: usize, rowScale: usize, rowMin: usize, x: usize, out: usize, params: usize,
  _x: u32, _y: u32, _z: u32, share: u32, shares: u32,
): void {
  product(T2, w, rowScale, rowMin, x, out, params, share, shares);
}

/** Bindings and params of kernel.ts; layout B1. */
export function matmulFloatB1(
  w: usize, rowScale: usize, rowMin: usize, x: usize, out: usize, params: usize,
  _x: u32, _y: u32, _z: u32, share: u32, shares: u32,
): void {
  product(B1, w, rowScale, rowMin, x, out, params, share, shares);
}
