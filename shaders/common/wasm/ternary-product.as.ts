// out[T, M] (+)= q[T, K] W[M, K]^T * (q_scale[T] * row_scale[M]) for ternary W in layout T2: what matvec-ternary and
// matmul-ternary share. Products are with biased codes, so the activations' sum goes off at the end.
import { sumsI32 } from './lanes.as';
import { SCRATCH } from './scratch.as';
import { arrangeForT2, dotT2, T2_BIAS, T2_RUN_COLUMNS, t2Cell } from './t2.as';

/** Tokens that share the unpacked weights. */
const TILE: u32 = 4;
/** T2_BIAS times the sums of the activations of a tile, i32 each; the arranged activations follow. */
const SUMS: usize = SCRATCH;
const ARRANGED: usize = SCRATCH + 64;

/** Operands in the order of the bindings; K is a multiple of 64, at most 2^18 - 64. */
export function ternaryProduct(
  w: usize,
  rowScale: usize,
  q: usize,
  qScale: usize,
  out: usize,
  params: usize,
): void {
  const m = load<u32>(params);
  const k = load<u32>(params, 4);
  const accumulate = load<u32>(params, 8) !== 0;
  const tokens = load<u32>(params, 12);
  for (let first: u32 = 0; first < tokens; first += TILE) {
    const count = min(TILE, tokens - first);
    for (let t: u32 = 0; t < count; t++) {
      const sum = arrangeForT2(q + <usize>(first + t) * k, k, ARRANGED + <usize>t * k);
      store<i32>(SUMS + (t << 2), T2_BIAS * sum);
    }
    const target = out + ((<usize>first * m) << 2);
    const scales = qScale + (first << 2);
    if (count === TILE) tileRows(w, rowScale, scales, target, m, k, accumulate);
    else
      for (let t: u32 = 0; t < count; t++) {
        tokenRows(w, rowScale, load<f32>(scales + (t << 2)), target + ((<usize>t * m) << 2), m, k, t, accumulate);
      }
  }
}

// @ts-ignore: decorator
@inline
function finish(at: usize, sum: i32, scale: f32, accumulate: bool): void {
  const y = <f32>sum * scale;
  store<f32>(at, accumulate ? load<f32>(at) + y : y);
}

/** One token, four rows at a time. */
function tokenRows(
  w: usize,
  rowScale: usize,
  qScale: f32,
  out: usize,
  m: u32,
  k: u32,
  token: u32,
  accumulate: bool,
): void {
  const arranged = ARRANGED + <usize>token * k;
  const sum = load<i32>(SUMS + (token << 2));
  const rowBytes = <usize>k >> 2;
  for (let row: u32 = 0; row < m; row += 4) {
    // Rows beyond the last are the last once more, and are not written.
    const w0 = w + <usize>row * rowBytes;
    const w1 = w + <usize>min(row + 1, m - 1) * rowBytes;
    const w2 = w + <usize>min(row + 2, m - 1) * rowBytes;
    const w3 = w + <usize>min(row + 3, m - 1) * rowBytes;
    let s0 = i32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (let c: u32 = 0; c < k; ) {
      const end = min(k, c + T2_RUN_COLUMNS);
      let t0 = i16x8.splat(0);
      let t1 = t0;
      let t2 = t0;
      let t3 = t0;
      for (; c < end; c += 64) {
        const a0 = v128.load(arranged + c);
        const a1 = v128.load(arranged + c, 16);
        const a2 = v128.load(arranged + c, 32);
        const a3 = v128.load(arranged + c, 48);
        const at: usize = c >> 2;
        t0 = i16x8.add(t0, dotT2(t2Cell(w0 + at), a0, a1, a2, a3));
        t1 = i16x8.add(t1, dotT2(t2Cell(w1 + at), a0, a1, a2, a3));
        t2 = i16x8.add(t2, dotT2(t2Cell(w2 + at), a0, a1, a2, a3));
        t3 = i16x8.add(t3, dotT2(t2Cell(w3 + at), a0, a1, a2, a3));
      }
      s0 = i32x4.add(s0, i32x4.extadd_pairwise_i16x8_s(t0));
      s1 = i32x4.add(s1, i32x4.extadd_pairwise_i16x8_s(t1));
      s2 = i32x4.add(s2, i32x4.extadd_pairwise_i16x8_s(t2));
      s3 = i32x4.add(s3, i32x4.extadd_pairwise_i16x8_s(t3));
    }
    const sums = i32x4.sub(sumsI32(s0, s1, s2, s3), i32x4.splat(sum));
    const at = out + (row << 2);
    const scale = rowScale + (row << 2);
    finish(at, i32x4.extract_lane(sums, 0), qScale * load<f32>(scale), accumulate);
    if (row + 1 < m) finish(at + 4, i32x4.extract_lane(sums, 1), qScale * load<f32>(scale, 4), accumulate);
    if (row + 2 < m) finish(at + 8, i32x4.extract_lane(sums, 2), qScale * load<f32>(scale, 8), accumulate);
    if (row + 3 < m) finish(at + 12, i32x4.extract_lane(sums, 3), qScale * load<f32>(scale, 12), accumulate);
  }
}

/** Four tokens, a row at a time: the codes are unpacked once. */
function tileRows(
  w: usize,
  rowScale: usize,
  qScale: usize,
  out: usize,
  m: u32,
  k: u32,
  accumulate: bool,
): void {
  const rowBytes = <usize>k >> 2;
  const x0 = ARRANGED;
  const x1 = x0 + k;
  const x2 = x1 + k;
  const x3 = x2 + k;
  const sums = v128.load(SUMS);
  for (let row: u32 = 0; row < m; row++) {
    const cells = w + <usize>row * rowBytes;
    let s0 = i32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (let c: u32 = 0; c < k; ) {
      const end = min(k, c + T2_RUN_COLUMNS);
      let t0 = i16x8.splat(0);
      let t1 = t0;
      let t2 = t0;
      let t3 = t0;
      for (; c < end; c += 64) {
        const cell = t2Cell(cells + (c >> 2));
        t0 = i16x8.add(t0, dotToken(cell, x0 + c));
        t1 = i16x8.add(t1, dotToken(cell, x1 + c));
        t2 = i16x8.add(t2, dotToken(cell, x2 + c));
        t3 = i16x8.add(t3, dotToken(cell, x3 + c));
      }
      s0 = i32x4.add(s0, i32x4.extadd_pairwise_i16x8_s(t0));
      s1 = i32x4.add(s1, i32x4.extadd_pairwise_i16x8_s(t1));
      s2 = i32x4.add(s2, i32x4.extadd_pairwise_i16x8_s(t2));
      s3 = i32x4.add(s3, i32x4.extadd_pairwise_i16x8_s(t3));
    }
    const total = i32x4.sub(sumsI32(s0, s1, s2, s3), sums);
    const scale = load<f32>(rowScale + (row << 2));
    const at = out + (row << 2);
    const stride: usize = m << 2;
    finish(at, i32x4.extract_lane(total, 0), load<f32>(qScale) * scale, accumulate);
    finish(at + stride, i32x4.extract_lane(total, 1), load<f32>(qScale, 4) * scale, accumulate);
    finish(at + 2 * stride, i32x4.extract_lane(total, 2), load<f32>(qScale, 8) * scale, accumulate);
    finish(at + 3 * stride, i32x4.extract_lane(total, 3), load<f32>(qScale, 12) * scale, accumulate);
  }
}

// @ts-ignore: decorator
@inline
function dotToken(cell: v128, x: usize): v128 {
  return dotT2(cell, v128.load(x), v128.load(x, 16), v128.load(x, 32), v128.load(x, 48));
}
