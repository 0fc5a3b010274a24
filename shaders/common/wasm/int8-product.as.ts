// out[T, M] (+)= sum over K of (scale[M, K / group] * W[M, K] + minimum[M, K / group]) * q_scale[T, K / block] * q[T, K] for W in
// layouts W8, W4, T2 and B1: what matvec-int8, matmul-int8 and matvec-outlier share. The sums of a cell's lanes are exact
// integers, and so are those of rows with one scale for tokens with one. A token has the same bits alone and beside others.
import { B1, cellColumns, laneColumns, T2, unpackCell, W4, W8 } from './code-cells.as';
import { arrangeActivations, sumGroups } from './int8-activations.as';
import { scaledRows, scaledTile, wholeRows, wholeTile } from './int8-rows.as';
import { SCRATCH_BYTES, scratch } from './scratch.as';
import { shareStart } from './share.as';

/** Tokens that share unpacked codes. */
const TILE: u32 = 4;
/**
 * Offsets in the scratch memory: four i32, the bias times the sum of the activations of each token of a tile; a cell on its
 * way from one order of columns to another; records of a tile, at most 4 K bytes per token; the sums of groups, at most K / 4
 * bytes per token; four unpacked rows. With MAX_COLUMNS they fill it.
 */
const TOTALS: usize = 0;
const ARRANGED: usize = 64;
const RECORDS: usize = 256;
const MAX_COLUMNS: usize = 49152;
const GROUP_SUMS: usize = RECORDS + 16 * MAX_COLUMNS;
const UNPACKED_ROWS: u32 = 4;
const UNPACKED: usize = SCRATCH_BYTES - 4 * MAX_COLUMNS;

/**
 * A share of the rows, layout W8: buffers in the order of the bindings of matvec-int8, then its params, which are read before
 * the scratch memory is written. K at most MAX_COLUMNS.
 */
export function int8ProductW8(
  w: usize,
  rowScale: usize,
  rowMin: usize,
  q: usize,
  qScale: usize,
  out: usize,
  params: usize,
  share: u32,
  shares: u32,
): void {
  productOf(W8, w, rowScale, rowMin, q, qScale, out, params, share, shares);
}

/** The same for layout W4. */
export function int8ProductW4(
  w: usize,
  rowScale: usize,
  rowMin: usize,
  q: usize,
  qScale: usize,
  out: usize,
  params: usize,
  share: u32,
  shares: u32,
): void {
  productOf(W4, w, rowScale, rowMin, q, qScale, out, params, share, shares);
}

/** The same for layout T2. */
export function int8ProductT2(
  w: usize,
  rowScale: usize,
  rowMin: usize,
  q: usize,
  qScale: usize,
  out: usize,
  params: usize,
  share: u32,
  shares: u32,
): void {
  productOf(T2, w, rowScale, rowMin, q, qScale, out, params, share, shares);
}

/** The same for layout B1. */
export function int8ProductB1(
  w: usize,
  rowScale: usize,
  rowMin: usize,
  q: usize,
  qScale: usize,
  out: usize,
  params: usize,
  share: u32,
  shares: u32,
): void {
  productOf(B1, w, rowScale, rowMin, q, qScale, out, params, share, shares);
}

// @ts-ignore: decorator
@inline
function productOf(
  layout: i32,
  w: usize,
  rowScale: usize,
  rowMin: usize,
  q: usize,
  qScale: usize,
  out: usize,
  params: usize,
  share: u32,
  shares: u32,
): void {
  const rows = load<u32>(params);
  const k = load<u32>(params, 4);
  const group = load<u32>(params, 8);
  const block = load<u32>(params, 12);
  const firstRow = load<u32>(params, 16);
  const stride = load<u32>(params, 20);
  const accumulate = load<u32>(params, 24) !== 0;
  const hasMinima = load<u32>(params, 28) !== 0;
  const tokens = load<u32>(params, 32);
  const start = shareStart(rows, share, shares);
  const m = shareStart(rows, share + 1, shares) - start;
  if (m === 0) return;
  const scaleBytes = <usize>(k / group) << 2;
  const rowBytes = <usize>(k / cellColumns(layout)) << 4;
  const own = w + <usize>start * rowBytes;
  const scales = rowScale + <usize>start * scaleBytes;
  // 0: none to read.
  const minima: usize = hasMinima ? rowMin + <usize>start * scaleBytes : 0;
  const target = out + (<usize>(firstRow + start) << 2);
  if (layout === W8) {
    bytesProduct(own, scales, minima, q, qScale, target, m, k, group, block, stride, accumulate, tokens);
    return;
  }
  if (group % cellColumns(layout) === 0 && block % laneColumns(layout) === 0) {
    cellsProduct(layout, own, scales, minima, q, qScale, target, m, k, group, block, stride, accumulate, tokens);
    return;
  }
  // Scales that change within a cell or a lane: no format of the engine has them. As bytes, a few rows at a time.
  const unpacked = scratch() + UNPACKED;
  for (let row: u32 = 0; row < m; row += UNPACKED_ROWS) {
    const count = min(UNPACKED_ROWS, m - row);
    const cells = own + <usize>row * rowBytes;
    const end = cells + <usize>count * rowBytes;
    let to = unpacked;
    for (let cell = cells; cell < end; cell += 16) {
      unpackCell(layout, cell, scratch() + ARRANGED, to);
      to += cellColumns(layout);
    }
    const scale = scales + <usize>row * scaleBytes;
    const least: usize = hasMinima ? minima + <usize>row * scaleBytes : 0;
    const at = target + (row << 2);
    bytesProduct(unpacked, scale, least, q, qScale, at, count, k, group, block, stride, accumulate, tokens);
  }
}

function bytesProduct(
  w: usize,
  rowScale: usize,
  rowMin: usize,
  q: usize,
  qScale: usize,
  out: usize,
  m: u32,
  k: u32,
  group: u32,
  block: u32,
  stride: u32,
  accumulate: bool,
  tokens: u32,
): void {
  cellsProduct(W8, w, rowScale, rowMin, q, qScale, out, m, k, group, block, stride, accumulate, tokens);
}

// A tile of tokens at a time: their activations are arranged, then all rows go over them.
// @ts-ignore: decorator
@inline
function cellsProduct(
  layout: i32,
  w: usize,
  rowScale: usize,
  rowMin: usize,
  q: usize,
  qScale: usize,
  out: usize,
  m: u32,
  k: u32,
  group: u32,
  block: u32,
  stride: u32,
  accumulate: bool,
  tokens: u32,
): void {
  const whole = group === k && block === k && rowMin === 0;
  const tokenBytes = <usize>stride << 2;
  const totals = scratch() + TOTALS;
  const arranged = scratch() + ARRANGED;
  const records = scratch() + RECORDS;
  const recordStride = <usize>k << 2;
  const groupSums = scratch() + GROUP_SUMS;
  const sumStride = <usize>k >> 2;
  for (let first: u32 = 0; first < tokens; first += TILE) {
    const count = min(TILE, tokens - first);
    const scales = qScale + ((<usize>first * (k / block)) << 2);
    for (let t: u32 = 0; t < count; t++) {
      const codes = q + <usize>(first + t) * k;
      const scale = scales + ((<usize>t * (k / block)) << 2);
      const total = arrangeActivations(layout, codes, scale, k, block, arranged, records + <usize>t * recordStride);
      store<i32>(totals + (t << 2), total);
      if (rowMin !== 0) sumGroups(codes, scale, k, group, block, groupSums + <usize>t * sumStride);
    }
    const target = out + <usize>first * tokenBytes;
    if (count === TILE) {
      if (whole) {
        wholeTile(layout, w, rowScale, records, recordStride, totals, scales, target, tokenBytes, m, k, accumulate);
      } else {
        scaledTile(
          layout, w, rowScale, rowMin, records, recordStride, groupSums, target, tokenBytes, m, k, group, accumulate,
        );
      }
      continue;
    }
    for (let t: u32 = 0; t < count; t++) {
      const own = records + <usize>t * recordStride;
      const sums = groupSums + <usize>t * sumStride;
      const at = target + <usize>t * tokenBytes;
      const total = load<i32>(totals + (t << 2));
      if (whole) wholeRows(layout, w, rowScale, own, total, load<f32>(scales + (t << 2)), at, m, k, accumulate);
      else scaledRows(layout, w, rowScale, rowMin, own, sums, at, m, k, group, accumulate);
    }
  }
}
