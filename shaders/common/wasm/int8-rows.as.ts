// Rows of codes times arranged activations (int8-activations): four rows of one token, or four tokens a row at a time, where
// the codes are unpacked once. `whole`: one scale per row and token, so that sums are integers to the end; `scaled`: any.
// Inlined where the layout is a constant.
import { cellColumns, cellHigh, cellLow, dotCell } from './code-cells.as';
import { RECORD_HEAD, recordBytes } from './int8-activations.as';
import { sumsF32, sumsI32 } from './lanes.as';
import { multiplyAdd } from './multiply-add.as';

// @ts-ignore: decorator
@inline
function finish(at: usize, y: f32, accumulate: bool): void {
  store<f32>(at, accumulate ? load<f32>(at) + y : y);
}

// @ts-ignore: decorator
@inline
function finishRows(at: usize, y: v128, rows: u32, accumulate: bool): void {
  finish(at, f32x4.extract_lane(y, 0), accumulate);
  if (rows > 1) finish(at + 4, f32x4.extract_lane(y, 1), accumulate);
  if (rows > 2) finish(at + 8, f32x4.extract_lane(y, 2), accumulate);
  if (rows > 3) finish(at + 12, f32x4.extract_lane(y, 3), accumulate);
}

// @ts-ignore: decorator
@inline
function finishTokens(at: usize, stride: usize, y: v128, accumulate: bool): void {
  finish(at, f32x4.extract_lane(y, 0), accumulate);
  finish(at + stride, f32x4.extract_lane(y, 1), accumulate);
  finish(at + 2 * stride, f32x4.extract_lane(y, 2), accumulate);
  finish(at + 3 * stride, f32x4.extract_lane(y, 3), accumulate);
}

// A cell of one row with its activations.
// @ts-ignore: decorator
@inline
function dotAt(layout: i32, sum: v128, w: usize, record: usize): v128 {
  return dotCell(layout, sum, cellLow(layout, w), cellHigh(layout, w), record + RECORD_HEAD);
}

/** @param total bias times the sum of the activations */
// @ts-ignore: decorator
@inline
export function wholeRows(
  layout: i32,
  w: usize,
  rowScale: usize,
  records: usize,
  total: i32,
  qScale: f32,
  out: usize,
  m: u32,
  k: u32,
  accumulate: bool,
): void {
  const rowBytes = <usize>(k / cellColumns(layout)) << 4;
  for (let row: u32 = 0; row < m; row += 4) {
    // Rows beyond the last are the last once more, and are not written.
    let w0 = w + <usize>row * rowBytes;
    let w1 = w + <usize>min(row + 1, m - 1) * rowBytes;
    let w2 = w + <usize>min(row + 2, m - 1) * rowBytes;
    let w3 = w + <usize>min(row + 3, m - 1) * rowBytes;
    let s0 = i32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let record = records;
    for (const end = w0 + rowBytes; w0 < end; w0 += 16) {
      s0 = dotAt(layout, s0, w0, record);
      s1 = dotAt(layout, s1, w1, record);
      s2 = dotAt(layout, s2, w2, record);
      s3 = dotAt(layout, s3, w3, record);
      w1 += 16;
      w2 += 16;
      w3 += 16;
      record += recordBytes(layout);
    }
    const sums = f32x4.convert_i32x4_s(i32x4.sub(sumsI32(s0, s1, s2, s3), i32x4.splat(total)));
    const at = rowScale + (row << 2);
    const last = (m - 1 - row) << 2;
    let scales = f32x4.splat(load<f32>(at));
    scales = f32x4.replace_lane(scales, 1, load<f32>(at + min(last, 4)));
    scales = f32x4.replace_lane(scales, 2, load<f32>(at + min(last, 8)));
    scales = f32x4.replace_lane(scales, 3, load<f32>(at + min(last, 12)));
    const y = f32x4.mul(sums, f32x4.mul(scales, f32x4.splat(qScale)));
    finishRows(out + (row << 2), y, m - row, accumulate);
  }
}

/**
 * @param recordStride bytes from one token's records to the next
 * @param totals of each token; `qScale` likewise
 */
// @ts-ignore: decorator
@inline
export function wholeTile(
  layout: i32,
  w: usize,
  rowScale: usize,
  records: usize,
  recordStride: usize,
  totals: usize,
  qScale: usize,
  out: usize,
  outStride: usize,
  m: u32,
  k: u32,
  accumulate: bool,
): void {
  const rowBytes = <usize>(k / cellColumns(layout)) << 4;
  const biases = v128.load(totals);
  const qScales = v128.load(qScale);
  let cell = w;
  for (let row: u32 = 0; row < m; row++) {
    let s0 = i32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let x0 = records;
    let x1 = x0 + recordStride;
    let x2 = x1 + recordStride;
    let x3 = x2 + recordStride;
    for (const end = cell + rowBytes; cell < end; cell += 16) {
      const low = cellLow(layout, cell);
      const high = cellHigh(layout, cell);
      s0 = dotCell(layout, s0, low, high, x0 + RECORD_HEAD);
      s1 = dotCell(layout, s1, low, high, x1 + RECORD_HEAD);
      s2 = dotCell(layout, s2, low, high, x2 + RECORD_HEAD);
      s3 = dotCell(layout, s3, low, high, x3 + RECORD_HEAD);
      x0 += recordBytes(layout);
      x1 += recordBytes(layout);
      x2 += recordBytes(layout);
      x3 += recordBytes(layout);
    }
    const sums = f32x4.convert_i32x4_s(i32x4.sub(sumsI32(s0, s1, s2, s3), biases));
    const scale = v128.load32_splat(rowScale + (row << 2));
    finishTokens(out + (row << 2), outStride, f32x4.mul(sums, f32x4.mul(scale, qScales)), accumulate);
  }
}

// Adds what a cell gives, times the scales of the activations.
// @ts-ignore: decorator
@inline
function addCell(layout: i32, sum: v128, low: v128, high: v128, record: usize): v128 {
  const dot = dotCell(layout, v128.load(record), low, high, record + RECORD_HEAD);
  return multiplyAdd(f32x4.convert_i32x4_s(dot), v128.load(record, 16), sum);
}

// The same where the cell is a group of its own, times the scale of the codes; rounded as by addCell and then the group.
// @ts-ignore: decorator
@inline
function addGroup(layout: i32, sum: v128, low: v128, high: v128, record: usize, scale: v128): v128 {
  const dot = dotCell(layout, v128.load(record), low, high, record + RECORD_HEAD);
  return multiplyAdd(f32x4.mul(f32x4.convert_i32x4_s(dot), v128.load(record, 16)), scale, sum);
}

// What the minima of a row give, given the sums of groups of activations.
function dotMinima(minima: usize, sums: usize, groups: usize): f32 {
  let sum: f32 = 0;
  for (let g: usize = 0; g < groups << 2; g += 4) sum += load<f32>(minima + g) * load<f32>(sums + g);
  return sum;
}

/** @param rowMin 0: no minima, and groupSums are not read */
// @ts-ignore: decorator
@inline
export function scaledRows(
  layout: i32,
  w: usize,
  rowScale: usize,
  rowMin: usize,
  records: usize,
  groupSums: usize,
  out: usize,
  m: u32,
  k: u32,
  group: u32,
  accumulate: bool,
): void {
  const rowBytes = <usize>(k / cellColumns(layout)) << 4;
  const groupRecords = <usize>(group / cellColumns(layout)) * recordBytes(layout);
  const groups = <usize>(k / group);
  const scaleBytes = groups << 2;
  for (let row: u32 = 0; row < m; row += 4) {
    const row1 = <usize>min(row + 1, m - 1);
    const row2 = <usize>min(row + 2, m - 1);
    const row3 = <usize>min(row + 3, m - 1);
    let w0 = w + <usize>row * rowBytes;
    let w1 = w + row1 * rowBytes;
    let w2 = w + row2 * rowBytes;
    let w3 = w + row3 * rowBytes;
    const scale0 = rowScale + <usize>row * scaleBytes;
    const scale1 = rowScale + row1 * scaleBytes;
    const scale2 = rowScale + row2 * scaleBytes;
    const scale3 = rowScale + row3 * scaleBytes;
    let y0 = f32x4.splat(0);
    let y1 = y0;
    let y2 = y0;
    let y3 = y0;
    let record = records;
    for (let g: usize = 0; g < scaleBytes; g += 4) {
      let s0 = f32x4.splat(0);
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      for (const end = record + groupRecords; record < end; record += recordBytes(layout)) {
        s0 = addCell(layout, s0, cellLow(layout, w0), cellHigh(layout, w0), record);
        s1 = addCell(layout, s1, cellLow(layout, w1), cellHigh(layout, w1), record);
        s2 = addCell(layout, s2, cellLow(layout, w2), cellHigh(layout, w2), record);
        s3 = addCell(layout, s3, cellLow(layout, w3), cellHigh(layout, w3), record);
        w0 += 16;
        w1 += 16;
        w2 += 16;
        w3 += 16;
      }
      y0 = multiplyAdd(s0, v128.load32_splat(scale0 + g), y0);
      y1 = multiplyAdd(s1, v128.load32_splat(scale1 + g), y1);
      y2 = multiplyAdd(s2, v128.load32_splat(scale2 + g), y2);
      y3 = multiplyAdd(s3, v128.load32_splat(scale3 + g), y3);
    }
    let y = sumsF32(y0, y1, y2, y3);
    if (rowMin !== 0) {
      let least = f32x4.splat(dotMinima(rowMin + <usize>row * scaleBytes, groupSums, groups));
      least = f32x4.replace_lane(least, 1, dotMinima(rowMin + row1 * scaleBytes, groupSums, groups));
      least = f32x4.replace_lane(least, 2, dotMinima(rowMin + row2 * scaleBytes, groupSums, groups));
      least = f32x4.replace_lane(least, 3, dotMinima(rowMin + row3 * scaleBytes, groupSums, groups));
      y = f32x4.add(y, least);
    }
    finishRows(out + (row << 2), y, m - row, accumulate);
  }
}

/** @param groupSums of each token, k / 4 bytes apart */
// @ts-ignore: decorator
@inline
export function scaledTile(
  layout: i32,
  w: usize,
  rowScale: usize,
  rowMin: usize,
  records: usize,
  recordStride: usize,
  groupSums: usize,
  out: usize,
  outStride: usize,
  m: u32,
  k: u32,
  group: u32,
  accumulate: bool,
): void {
  const isOneCell = group === cellColumns(layout);
  const groupRecords = <usize>(group / cellColumns(layout)) * recordBytes(layout);
  const groups = <usize>(k / group);
  const scaleBytes = groups << 2;
  let cell = w;
  let scales = rowScale;
  for (let row: u32 = 0; row < m; row++) {
    let y0 = f32x4.splat(0);
    let y1 = y0;
    let y2 = y0;
    let y3 = y0;
    let x0 = records;
    let x1 = x0 + recordStride;
    let x2 = x1 + recordStride;
    let x3 = x2 + recordStride;
    for (const last = scales + scaleBytes; scales < last; scales += 4) {
      const scale = v128.load32_splat(scales);
      if (isOneCell) {
        const low = cellLow(layout, cell);
        const high = cellHigh(layout, cell);
        y0 = addGroup(layout, y0, low, high, x0, scale);
        y1 = addGroup(layout, y1, low, high, x1, scale);
        y2 = addGroup(layout, y2, low, high, x2, scale);
        y3 = addGroup(layout, y3, low, high, x3, scale);
        x0 += recordBytes(layout);
        x1 += recordBytes(layout);
        x2 += recordBytes(layout);
        x3 += recordBytes(layout);
        cell += 16;
        continue;
      }
      let s0 = f32x4.splat(0);
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      for (const end = x0 + groupRecords; x0 < end; x0 += recordBytes(layout)) {
        const low = cellLow(layout, cell);
        const high = cellHigh(layout, cell);
        s0 = addCell(layout, s0, low, high, x0);
        s1 = addCell(layout, s1, low, high, x1);
        s2 = addCell(layout, s2, low, high, x2);
        s3 = addCell(layout, s3, low, high, x3);
        x1 += recordBytes(layout);
        x2 += recordBytes(layout);
        x3 += recordBytes(layout);
        cell += 16;
      }
      y0 = multiplyAdd(s0, scale, y0);
      y1 = multiplyAdd(s1, scale, y1);
      y2 = multiplyAdd(s2, scale, y2);
      y3 = multiplyAdd(s3, scale, y3);
    }
    let y = sumsF32(y0, y1, y2, y3);
    if (rowMin !== 0) {
      const minima = rowMin + <usize>row * scaleBytes;
      const sums = <usize>k >> 2;
      let least = f32x4.splat(dotMinima(minima, groupSums, groups));
      least = f32x4.replace_lane(least, 1, dotMinima(minima, groupSums + sums, groups));
      least = f32x4.replace_lane(least, 2, dotMinima(minima, groupSums + 2 * sums, groups));
      least = f32x4.replace_lane(least, 3, dotMinima(minima, groupSums + 3 * sums, groups));
      y = f32x4.add(y, least);
    }
    finishTokens(out + (row << 2), outStride, y, accumulate);
  }
}
