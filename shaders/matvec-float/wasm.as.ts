// matvec-float for the CPU: four rows at a time share the loads of the activations; the cells become f32 in registers.
// out[c * stride + first_row + m] (+)= sum over groups g of scale[m, g] * (W[m] . x[c])_g + minimum[m, g] * (1 . x[c])_g
import {
  B1,
  BF16,
  bytesOfColumns,
  F16,
  F32,
  spanBytes,
  spanPart,
  T2,
  unitOf,
  W4,
  W8,
} from '../common/wasm/float-cells.as';
import { sumsF32 } from '../common/wasm/lanes.as';
import { multiplyAdd } from '../common/wasm/multiply-add.as';
import { scratch } from '../common/wasm/scratch.as';
import { shareStart } from '../common/wasm/share.as';
import { storeRows } from '../common/wasm/store-rows.as';

/** Inlined once per layout. Columns times K is at most 2^20 where there are minima, for their sums. */
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
  const columns = load<u32>(params, 28);
  const groups = k / group;
  const unit = unitOf(layout);
  const rowBytes = bytesOfColumns(layout, k);
  const scaleBytes = <usize>groups << 2;
  const start = shareStart(m, share, shares);
  const last = shareStart(m, share + 1, shares);
  if (start === last) return;
  const xSums = scratch();
  if (hasMinima) sumGroups(x, columns * groups, group, xSums);
  for (let row = start; row < last; row += 4) {
    // Rows beyond the last are the last once more, and are not written.
    const row1 = <usize>min(row + 1, last - 1);
    const row2 = <usize>min(row + 2, last - 1);
    const row3 = <usize>min(row + 3, last - 1);
    const w0 = w + <usize>row * rowBytes;
    const w1 = w + row1 * rowBytes;
    const w2 = w + row2 * rowBytes;
    const w3 = w + row3 * rowBytes;
    for (let column: u32 = 0; column < columns; column++) {
      const xs = x + ((<usize>column * k) << 2);
      let t0 = f32x4.splat(0);
      let t1 = t0;
      let t2 = t0;
      let t3 = t0;
      let c: u32 = 0;
      for (let g: usize = 0; g < scaleBytes; g += 4) {
        let s0 = f32x4.splat(0);
        let s1 = s0;
        let s2 = s0;
        let s3 = s0;
        for (const end = c + group; c < end; c += 16) {
          const at = xs + (<usize>c << 2);
          const x0 = v128.load(at);
          const x1 = v128.load(at, 16);
          const x2 = v128.load(at, 32);
          const x3 = v128.load(at, 48);
          s0 = f32x4.add(s0, dotSpan(layout, w0, c, x0, x1, x2, x3));
          s1 = f32x4.add(s1, dotSpan(layout, w1, c, x0, x1, x2, x3));
          s2 = f32x4.add(s2, dotSpan(layout, w2, c, x0, x1, x2, x3));
          s3 = f32x4.add(s3, dotSpan(layout, w3, c, x0, x1, x2, x3));
        }
        const scales = rowScale + g;
        t0 = multiplyAdd(s0, f32x4.splat(unit * load<f32>(scales + <usize>row * scaleBytes)), t0);
        t1 = multiplyAdd(s1, f32x4.splat(unit * load<f32>(scales + row1 * scaleBytes)), t1);
        t2 = multiplyAdd(s2, f32x4.splat(unit * load<f32>(scales + row2 * scaleBytes)), t2);
        t3 = multiplyAdd(s3, f32x4.splat(unit * load<f32>(scales + row3 * scaleBytes)), t3);
      }
      let y = sumsF32(t0, t1, t2, t3);
      if (hasMinima) {
        const sums = xSums + <usize>column * (scaleBytes << 2);
        const minima = rowMin + <usize>row * scaleBytes;
        y = f32x4.add(y, minimaTimes(sums, minima, scaleBytes, min(last - row, 4)));
      }
      storeRows(out + ((<usize>column * stride + firstRow + row) << 2), y, last - row, accumulate);
    }
  }
}

/** Four partial sums of 16 products, times unitOf the layout. */
// @ts-ignore: decorator
@inline
function dotSpan(layout: i32, row: usize, c: u32, x0: v128, x1: v128, x2: v128, x3: v128): v128 {
  let sum = f32x4.mul(spanPart(layout, spanBytes(layout, row, c, 0), 0), x0);
  sum = multiplyAdd(spanPart(layout, spanBytes(layout, row, c, 1), 1), x1, sum);
  sum = multiplyAdd(spanPart(layout, spanBytes(layout, row, c, 2), 2), x2, sum);
  return multiplyAdd(spanPart(layout, spanBytes(layout, row, c, 3), 3), x3, sum);
}

/** sums[i] = four partial sums of x[i * group ..], i < count. */
function sumGroups(x: usize, count: u32, group: u32, sums: usize): void {
  let at = x;
  for (let i: usize = 0; i < count; i++) {
    let sum = f32x4.splat(0);
    for (const end = at + (<usize>group << 2); at < end; at += 16) sum = f32x4.add(sum, v128.load(at));
    v128.store(sums + (i << 4), sum);
  }
}

/** Sum over groups of minimum[row, g] * sums[g] for `rows` rows, 1..4; the other lanes repeat the last. */
function minimaTimes(sums: usize, minima: usize, rowBytes: usize, rows: u32): v128 {
  const minima1 = minima + <usize>min(1, rows - 1) * rowBytes;
  const minima2 = minima + <usize>min(2, rows - 1) * rowBytes;
  const minima3 = minima + <usize>(rows - 1) * rowBytes;
  let t0 = f32x4.splat(0);
  let t1 = t0;
  let t2 = t0;
  let t3 = t0;
  for (let g: usize = 0; g < rowBytes; g += 4) {
    const sum = v128.load(sums + (g << 2));
    t0 = multiplyAdd(v128.load32_splat(minima + g), sum, t0);
    t1 = multiplyAdd(v128.load32_splat(minima1 + g), sum, t1);
    t2 = multiplyAdd(v128.load32_splat(minima2 + g), sum, t2);
    t3 = multiplyAdd(v128.load32_splat(minima3 + g), sum, t3);
  }
  return sumsF32(t0, t1, t2, t3);
}

/** Bindings and params of kernel.ts; layout F32. */
export function matvecFloatF32(
  w: usize, rowScale: usize, rowMin: usize, x: usize, out: usize, params: usize,
  _x: u32, _y: u32, _z: u32, share: u32, shares: u32,
): void {
  product(F32, w, rowScale, rowMin, x, out, params, share, shares);
}

/** Bindings and params of kernel.ts; layout F16. */
export function matvecFloatF16(
  w: usize, rowScale: usize, rowMin: usize, x: usize, out: usize, params: usize,
  _x: u32, _y: u32, _z: u32, share: u32, shares: u32,
): void {
  product(F16, w, rowScale, rowMin, x, out, params, share, shares);
}

/** Bindings and params of kernel.ts; layout BF16. */
export function matvecFloatBF16(
  w: usize, rowScale: usize, rowMin: usize, x: usize, out: usize, params: usize,
  _x: u32, _y: u32, _z: u32, share: u32, shares: u32,
): void {
  product(BF16, w, rowScale, rowMin, x, out, params, share, shares);
}

/** Bindings and params of kernel.ts; layout W8. */
export function matvecFloatW8(
  w: usize, rowScale: usize, rowMin: usize, x: usize, out: usize, params: usize,
  _x: u32, _y: u32, _z: u32, share: u32, shares: u32,
): void {
  product(W8, w, rowScale, rowMin, x, out, params, share, shares);
}

/** Bindings and params of kernel.ts; layout W4. */
export function matvecFloatW4(
  w: usize, rowScale: usize, rowMin: usize, x: usize, out: usize, params: usize,
  _x: u32, _y: u32, _z: u32, share: u32, shares: u32,
): void {
  product(W4, w, rowScale, rowMin, x, out, params, share, shares);
}

/** Bindings and params of kernel.ts; layout T2. */
export function matvecFloatT2(
  w: usize, rowScale: usize, rowMin: usize, x: usize, out: usize, params: usize,
  _x: u32, _y: u32, _z: u32, share: u32, shares: u32,
): void {
  product(T2, w, rowScale, rowMin, x, out, params, share, shares);
}

/** Bindings and params of kernel.ts; layout B1. */
export function matvecFloatB1(
  w: usize, rowScale: usize, rowMin: usize, x: usize, out: usize, params: usize,
  _x: u32, _y: u32, _z: u32, share: u32, shares: u32,
): void {
  product(B1, w, rowScale, rowMin, x, out, params, share, shares);
}
