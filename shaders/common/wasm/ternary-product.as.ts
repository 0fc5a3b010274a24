// out[T, M] (+)= q[T, K] W[M, K]^T * (q_scale[T] * row_scale[M]) for ternary W in layout T2: what matvec-ternary and
// matmul-ternary share. Products are with biased codes, so the activations' sum goes off at the end.
import { sumsI32 } from './lanes.as';
import { scratch } from './scratch.as';
import { shareStart } from './share.as';
import { dotCodes } from './dot.as';
import { arrangeForT2, dotT2, T2_BIAS, T2_RUN_COLUMNS, t2Cell, t2Codes } from './t2.as';

/** Tokens that share the unpacked weights. */
const TILE: u32 = 4;
/** Scratch: T2_BIAS times the sums of the activations of a tile, i32 each, then the arranged activations. */
const ARRANGED: usize = 64;

/** Operands in the order of the bindings; K is a multiple of 64, at most 2^18 - 64. */
export function ternaryProduct(
  w: usize,
  rowScale: usize,
  q: usize,
  qScale: usize,
  out: usize,
  params: usize,
  share: u32,
  shares: u32,
): void {
  const m = load<u32>(params);
  const k = load<u32>(params, 4);
  const accumulate = load<u32>(params, 8) !== 0;
  const tokens = load<u32>(params, 12);
  const start = shareStart(m, share, shares);
  const end = shareStart(m, share + 1, shares);
  if (start === end) return;
  const sums = scratch();
  const arranged = sums + ARRANGED;
  for (let first: u32 = 0; first < tokens; first += TILE) {
    const count = min(TILE, tokens - first);
    for (let t: u32 = 0; t < count; t++) {
      const sum = arrangeForT2(q + <usize>(first + t) * k, k, arranged + <usize>t * k);
      store<i32>(sums + (t << 2), T2_BIAS * sum);
    }
    const target = out + ((<usize>first * m) << 2);
    const scales = qScale + (first << 2);
    if (count === TILE) tileRows(w, rowScale, scales, target, m, k, accumulate, start, end);
    else
      for (let t: u32 = 0; t < count; t++) {
        const at = target + ((<usize>t * m) << 2);
        tokenRows(w, rowScale, load<f32>(scales + (t << 2)), at, k, t, accumulate, start, end);
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
  k: u32,
  token: u32,
  accumulate: bool,
  start: u32,
  end: u32,
): void {
  const arranged = scratch() + ARRANGED + <usize>token * k;
  const sum = load<i32>(scratch() + (token << 2));
  const rowBytes = <usize>k >> 2;
  for (let row = start; row < end; row += 4) {
    // Rows beyond the last are the last once more, and are not written.
    const w0 = w + <usize>row * rowBytes;
    const w1 = w + <usize>min(row + 1, end - 1) * rowBytes;
    const w2 = w + <usize>min(row + 2, end - 1) * rowBytes;
    const w3 = w + <usize>min(row + 3, end - 1) * rowBytes;
    let s0 = i32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (let c: u32 = 0; c < k; ) {
      const stop = min(k, c + T2_RUN_COLUMNS);
      let t0 = i16x8.splat(0);
      let t1 = t0;
      let t2 = t0;
      let t3 = t0;
      for (; c < stop; c += 64) {
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
    if (row + 1 < end) finish(at + 4, i32x4.extract_lane(sums, 1), qScale * load<f32>(scale, 4), accumulate);
    if (row + 2 < end) finish(at + 8, i32x4.extract_lane(sums, 2), qScale * load<f32>(scale, 8), accumulate);
    if (row + 3 < end) finish(at + 12, i32x4.extract_lane(sums, 3), qScale * load<f32>(scale, 12), accumulate);
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
  start: u32,
  end: u32,
): void {
  const rowBytes = <usize>k >> 2;
  const x0 = scratch() + ARRANGED;
  const x1 = x0 + k;
  const x2 = x1 + k;
  const x3 = x2 + k;
  const sums = v128.load(scratch());
  for (let row = start; row < end; row++) {
    const cells = w + <usize>row * rowBytes;
    let s0 = i32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (let c: u32 = 0; c < k; ) {
      const stop = min(k, c + T2_RUN_COLUMNS);
      let t0 = i16x8.splat(0);
      let t1 = t0;
      let t2 = t0;
      let t3 = t0;
      for (; c < stop; c += 64) {
        const cell = t2Cell(cells + (c >> 2));
        const c0 = t2Codes(cell, 0);
        const c1 = t2Codes(cell, 1);
        const c2 = t2Codes(cell, 2);
        const c3 = t2Codes(cell, 3);
        t0 = i16x8.add(t0, dotToken(c0, c1, c2, c3, x0 + c));
        t1 = i16x8.add(t1, dotToken(c0, c1, c2, c3, x1 + c));
        t2 = i16x8.add(t2, dotToken(c0, c1, c2, c3, x2 + c));
        t3 = i16x8.add(t3, dotToken(c0, c1, c2, c3, x3 + c));
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
function dotToken(c0: v128, c1: v128, c2: v128, c3: v128, x: usize): v128 {
  return i16x8.add(
    i16x8.add(dotCodes(v128.load(x), c0), dotCodes(v128.load(x, 16), c1)),
    i16x8.add(dotCodes(v128.load(x, 32), c2), dotCodes(v128.load(x, 48), c3)),
  );
}
