// Activations of a token as products of cells read them: one record per cell, made once per dispatch. A record is what a sum
// begins with (i32x4: minus the bias of the codes times the activations of each lane), the scales of the lanes (f32x4), and
// the activations (storeVector).
import { arrangeCell, biasOf, cellColumns, laneColumns, storeVector, vectorBytes, W8 } from './code-cells.as';
import { sumI32 } from './lanes.as';

/** Offset of the activations in a record. */
export const RECORD_HEAD: usize = 32;

/** Bytes of a record. */
// @ts-ignore: decorator
@inline
export function recordBytes(layout: i32): usize {
  return RECORD_HEAD + (vectorBytes(layout) << layout);
}

/** Sums of four neighbours each. */
// @ts-ignore: decorator
@inline
function sumWords(q: v128): v128 {
  return i32x4.extadd_pairwise_i16x8_s(i16x8.extadd_pairwise_i8x16_s(q));
}

/**
 * Writes the records of k activations with one scale per block, a multiple of laneColumns.
 * @param arranged 128 bytes of scratch
 * @returns the bias of the codes times the sum of the activations
 */
export function arrangeActivations(
  layout: i32,
  q: usize,
  qScale: usize,
  k: u32,
  block: u32,
  arranged: usize,
  records: usize,
): i32 {
  const columns = cellColumns(layout);
  const lane: u32 = layout === W8 ? 0 : laneColumns(layout);
  const bytes = vectorBytes(layout);
  const negative = i32x4.splat(-biasOf(layout));
  let totals = i32x4.splat(0);
  let record = records;
  for (let c: u32 = 0; c < k; c += columns) {
    arrangeCell(layout, q + c, arranged);
    let sums = i32x4.splat(0);
    let at = record + RECORD_HEAD;
    for (let n: usize = 0; n < <usize>columns; n += 16) {
      const vector = v128.load(arranged + n);
      sums = i32x4.add(sums, sumWords(vector));
      storeVector(layout, at, vector);
      at += bytes;
    }
    const start = i32x4.mul(sums, negative);
    totals = i32x4.sub(totals, start);
    v128.store(record, start);
    for (let i: u32 = 0; i < 4; i++) {
      store<f32>(record + (i << 2), load<f32>(qScale + (((c + i * lane) / block) << 2)), 16);
    }
    record = at;
  }
  return sumI32(totals);
}

/** Writes the sum of activations times scales of each group, f32: what minima are multiplied with. */
export function sumGroups(q: usize, qScale: usize, k: u32, group: u32, block: u32, to: usize): void {
  for (let first: u32 = 0; first < k; first += group) {
    let sum: f32 = 0;
    for (let c = first; c < first + group; c += 16) {
      sum += <f32>sumI32(sumWords(v128.load(q + c))) * load<f32>(qScale + ((c / block) << 2));
    }
    store<f32>(to + ((first / group) << 2), sum);
  }
}
