// Cells of the code layouts W8, W4, T2 and B1 (shaders/layouts) as vectors, and their products with int8 activations. All
// are 16 bytes; a cell of layout L holds 16 << L columns, and n shifts of it give vectors of sixteen codes. Functions with
// a parameter `layout` are inlined where it is a constant.
import { dotCodes } from './dot.as';
import { transposeWords } from './transpose.as';

/** int8. */
export const W8: i32 = 0;
/** 4 bits. */
export const W4: i32 = 1;
/** Ternary, 2 bits. */
export const T2: i32 = 2;
/** Binary, 1 bit. */
export const B1: i32 = 3;

/** Columns of a cell. */
// @ts-ignore: decorator
@inline
export function cellColumns(layout: i32): u32 {
  return 16 << layout;
}

/** Columns of one i32 of a product, which must share the scales: columns laneColumns(l) * i of the cell begin lane i. */
// @ts-ignore: decorator
@inline
export function laneColumns(layout: i32): u32 {
  return layout === W8 ? 16 : 4 << layout;
}

/** What codesOf adds to the codes, so that they are unsigned. W8: nothing. */
// @ts-ignore: decorator
@inline
export function biasOf(layout: i32): i32 {
  if (layout === W8) return 0;
  if (layout === W4) return 8;
  return layout === T2 ? 2 : 1;
}

/** Bytes of sixteen activations in the form that dotCell reads: int8 for relaxed SIMD, else int16. */
// @ts-ignore: decorator
@inline
export function vectorBytes(layout: i32): usize {
  return ASC_FEATURE_RELAXED_SIMD && layout !== W8 ? 16 : 32;
}

/** A cell with biased codes; of W8 columns 0..7 as int16. */
// @ts-ignore: decorator
@inline
export function cellLow(layout: i32, at: usize): v128 {
  if (layout === W8) return v128.load8x8_s(at);
  if (layout === W4) return v128.xor(v128.load(at), i32x4.splat(0x88888888));
  if (layout === T2) return v128.xor(v128.load(at), i32x4.splat(0xaaaaaaaa));
  return v128.load(at);
}

/** Columns 8..15 of a cell of W8 as int16. */
// @ts-ignore: decorator
@inline
export function cellHigh(layout: i32, at: usize): v128 {
  return layout === W8 ? v128.load8x8_s(at, 8) : i32x4.splat(0);
}

/** Vector n of the codes of a cell of W4, T2 or B1, biased: 0..15, 0..3, 0 or 2. Columns as arrangeCell puts them. */
// @ts-ignore: decorator
@inline
export function codesOf(layout: i32, cell: v128, n: i32): v128 {
  if (layout === W4) return v128.and(n === 0 ? cell : i16x8.shr_u(cell, 4), i8x16.splat(15));
  if (layout === T2) return v128.and(n === 0 ? cell : i16x8.shr_u(cell, 2 * n), i8x16.splat(3));
  if (n === 0) return v128.and(i16x8.shl(cell, 1), i8x16.splat(2));
  return v128.and(n === 1 ? cell : i16x8.shr_u(cell, n - 1), i8x16.splat(2));
}

// The lanes of sums i16x8 of pairs, joined in twos, and what there was.
// @ts-ignore: decorator
@inline
function widen(sum: v128, pairs: v128): v128 {
  return i32x4.add(sum, i32x4.extadd_pairwise_i16x8_s(pairs));
}

// Adds to every lane the products of its four bytes with int8 that lie apart as int16: bytes 0 and 2, then 1 and 3.
// @ts-ignore: decorator
@inline
function dotPairs(sum: v128, codes: v128, even: v128, odd: v128): v128 {
  const low = i32x4.dot_i16x8_s(v128.and(codes, i16x8.splat(255)), even);
  return i32x4.add(sum, i32x4.add(low, i32x4.dot_i16x8_s(i16x8.shr_u(codes, 8), odd)));
}

/**
 * sum + the products of a cell's biased codes with its activations, i32x4: lane i of columns laneColumns * i and on.
 * @param x activations as storeVector wrote them
 */
// @ts-ignore: decorator
@inline
export function dotCell(layout: i32, sum: v128, low: v128, high: v128, x: usize): v128 {
  if (layout === W8) {
    const half = i32x4.dot_i16x8_s(low, v128.load(x));
    return i32x4.add(sum, i32x4.add(half, i32x4.dot_i16x8_s(high, v128.load(x, 16))));
  }
  if (ASC_FEATURE_RELAXED_SIMD) {
    // Not by the dot product that adds to i32: the baseline compiler of V8 11.3 gets its sum wrong (seen in Node 20).
    // Pairs stay below 8 * 2 * 2 * 128 (B1), 2 * 2 * 15 * 128 (W4): 7,680 at most.
    let s = dotCodes(v128.load(x), codesOf(layout, low, 0));
    s = i16x8.add(s, dotCodes(v128.load(x, 16), codesOf(layout, low, 1)));
    if (layout === W4) return widen(sum, s);
    s = i16x8.add(s, dotCodes(v128.load(x, 32), codesOf(layout, low, 2)));
    s = i16x8.add(s, dotCodes(v128.load(x, 48), codesOf(layout, low, 3)));
    if (layout === T2) return widen(sum, s);
    s = i16x8.add(s, dotCodes(v128.load(x, 64), codesOf(layout, low, 4)));
    s = i16x8.add(s, dotCodes(v128.load(x, 80), codesOf(layout, low, 5)));
    s = i16x8.add(s, dotCodes(v128.load(x, 96), codesOf(layout, low, 6)));
    return widen(sum, i16x8.add(s, dotCodes(v128.load(x, 112), codesOf(layout, low, 7))));
  }
  let s = dotPairs(sum, codesOf(layout, low, 0), v128.load(x), v128.load(x, 16));
  s = dotPairs(s, codesOf(layout, low, 1), v128.load(x, 32), v128.load(x, 48));
  if (layout === W4) return s;
  s = dotPairs(s, codesOf(layout, low, 2), v128.load(x, 64), v128.load(x, 80));
  s = dotPairs(s, codesOf(layout, low, 3), v128.load(x, 96), v128.load(x, 112));
  if (layout === T2) return s;
  s = dotPairs(s, codesOf(layout, low, 4), v128.load(x, 128), v128.load(x, 144));
  s = dotPairs(s, codesOf(layout, low, 5), v128.load(x, 160), v128.load(x, 176));
  s = dotPairs(s, codesOf(layout, low, 6), v128.load(x, 192), v128.load(x, 208));
  return dotPairs(s, codesOf(layout, low, 7), v128.load(x, 224), v128.load(x, 240));
}

/** Writes the int8 of a cell's columns in the order of its codes: vector n at 16 n. */
export function arrangeCell(layout: i32, q: usize, to: usize): void {
  if (layout === W8) v128.store(to, v128.load(q));
  else if (layout === W4) {
    const a = v128.load(q);
    const b = v128.load(q, 16);
    v128.store(to, i32x4.shuffle(a, b, 0, 2, 4, 6));
    v128.store(to, i32x4.shuffle(a, b, 1, 3, 5, 7), 16);
  } else if (layout === T2) transposeWords(q, 16, to, 16);
  else {
    transposeWords(q, 32, to, 16);
    transposeWords(q + 16, 32, to + 64, 16);
  }
}

/** Writes sixteen arranged int8 as dotCell reads them: vectorBytes. */
// @ts-ignore: decorator
@inline
export function storeVector(layout: i32, to: usize, q: v128): void {
  if (layout === W8) {
    v128.store(to, i16x8.extend_low_i8x16_s(q));
    v128.store(to, i16x8.extend_high_i8x16_s(q), 16);
  } else if (ASC_FEATURE_RELAXED_SIMD) v128.store(to, q);
  else {
    v128.store(to, i16x8.shr_s(i16x8.shl(q, 8), 8));
    v128.store(to, i16x8.shr_s(q, 8), 16);
  }
}

/** Writes the codes of a cell of W4, T2 or B1 as int8 in the order of the columns. @param arranged 128 bytes of scratch */
// @ts-ignore: decorator
@inline
export function unpackCell(layout: i32, cell: usize, arranged: usize, to: usize): void {
  const low = cellLow(layout, cell);
  const bias = i8x16.splat(<i8>biasOf(layout));
  const a = i8x16.sub(codesOf(layout, low, 0), bias);
  const b = i8x16.sub(codesOf(layout, low, 1), bias);
  if (layout === W4) {
    v128.store(to, i32x4.shuffle(a, b, 0, 4, 1, 5));
    v128.store(to, i32x4.shuffle(a, b, 2, 6, 3, 7), 16);
    return;
  }
  v128.store(arranged, a);
  v128.store(arranged, b, 16);
  v128.store(arranged, i8x16.sub(codesOf(layout, low, 2), bias), 32);
  v128.store(arranged, i8x16.sub(codesOf(layout, low, 3), bias), 48);
  if (layout === T2) {
    transposeWords(arranged, 16, to, 16);
    return;
  }
  v128.store(arranged, i8x16.sub(codesOf(layout, low, 4), bias), 64);
  v128.store(arranged, i8x16.sub(codesOf(layout, low, 5), bias), 80);
  v128.store(arranged, i8x16.sub(codesOf(layout, low, 6), bias), 96);
  v128.store(arranged, i8x16.sub(codesOf(layout, low, 7), bias), 112);
  transposeWords(arranged, 16, to, 32);
  transposeWords(arranged + 64, 16, to + 16, 32);
}
