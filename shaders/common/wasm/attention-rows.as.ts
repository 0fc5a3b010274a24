// Attention of rows (a token and a query head each) over the keys of one key head, a block of 64 keys at a time with a running
// softmax. Two rows share every word that is loaded; the arithmetic of a row does not depend on its company.
import { exp1, exp4 } from './exp.as';
import { KV_BLOCK, KV_F16, KV_F32, KV_INT8, kvWordBytes } from './kv.as';
import { loneWord, wordOf, wordPair } from './kv-read.as';
import { maxF32, sumF32, sumsF32 } from './lanes.as';
import { multiplyAdd } from './multiply-add.as';
import { scratch } from './scratch.as';

/** Below every score. */
export const NO_SCORE: f32 = -3e38;

/** A row and how far it has come. */
// @ts-ignore: decorator
@unmanaged
export class Row {
  /** Address of the query, divided by the product of what the block's factor for keys lacks. */
  query: usize;
  /** Address of the result; until the end the sum of values by their weights. */
  out: usize;
  /** Keys 0 .. live - 1 are seen. */
  live: u32;
  /** Largest score so far, at first NO_SCORE. */
  largest: f32;
  /** Sum of weights so far. */
  total: f32;
}

/** A block of keys and values in words of four columns. */
// @ts-ignore: decorator
@unmanaged
export class Block {
  /** [words][64] */
  keys: usize;
  /** [64][valueStride bytes] */
  values: usize;
  valueStride: usize;
  /** [64] f32 each; 0: the kind has none. */
  keyScales: usize;
  valueScales: usize;
  /** What scores and values are multiplied by besides. */
  keyFactor: f32;
  valueFactor: f32;
  /** Words of a head. */
  words: u32;
  /** Position of the first key. */
  first: u32;
}

// At the beginning of scratch lie the weights of the two rows, 64 f32 each.
const WEIGHTS_BYTES: usize = 256;
/** Bytes of scratch that this file uses. */
export const ATTEND_BYTES: usize = 2 * WEIGHTS_BYTES;

// Keys of the block that the row sees.
// @ts-ignore: decorator
@inline
function keysSeen(row: Row, block: Block): i32 {
  return min(max(<i32>row.live - <i32>block.first, 0), <i32>KV_BLOCK);
}

// @ts-ignore: decorator
@inline
function masked(scores: v128, t: i32, count: i32): v128 {
  const slots = i32x4.add(i32x4.splat(t), i32x4(0, 1, 2, 3));
  return v128.bitselect(scores, f32x4.splat(NO_SCORE), i32x4.lt_s(slots, i32x4.splat(count)));
}

// @ts-ignore: decorator
@inline
function scaled(v: v128, scales: usize, t: i32, factor: f32): v128 {
  const product = f32x4.mul(v, f32x4.splat(factor));
  return scales === 0 ? product : f32x4.mul(product, v128.load(scales + (t << 2)));
}

// Turns the scores of `count` keys into weights, in place, and takes them into the row's sums.
// Returns what the row's sum of values is multiplied by.
function weigh(row: Row, block: Block, weights: usize, largest: f32, count: i32): f32 {
  const next = max(row.largest, largest);
  const factor = exp1(row.largest - next);
  const shift = f32x4.splat(next);
  let total = f32x4.splat(0);
  for (let t = 0; t < count; t += 4) {
    const at = weights + (t << 2);
    const e = exp4(f32x4.sub(v128.load(at), shift));
    total = f32x4.add(total, e);
    v128.store(at, scaled(e, block.valueScales, t, block.valueFactor));
  }
  row.largest = next;
  row.total = row.total * factor + sumF32(total);
  return factor;
}

/**
 * Takes a block into one row or two.
 * @param kind of words, as of wordOf: a constant
 * @param two a constant; false: `b` is not touched
 */
// @ts-ignore: decorator
@inline
function attend(kind: i32, two: bool, block: Block, a: Row, b: Row): void {
  const seenA = keysSeen(a, block);
  const seenB = two ? keysSeen(b, block) : 0;
  const count = max(seenA, seenB);
  scores(kind, two, block, a, b, seenA, seenB, count);
  const weightsA = scratch();
  const weightsB = weightsA + WEIGHTS_BYTES;
  const factorA = weigh(a, block, weightsA, largestOf(weightsA, count), count);
  const factorB: f32 = two ? weigh(b, block, weightsB, largestOf(weightsB, count), count) : 0;
  addValues(kind, two, block, a.out, b.out, factorA, factorB, count);
}

// @ts-ignore: decorator
@inline
function largestOf(scores: usize, count: i32): f32 {
  let largest = f32x4.splat(NO_SCORE);
  for (let t = 0; t < count; t += 4) largest = f32x4.pmax(largest, v128.load(scores + (t << 2)));
  return maxF32(largest);
}

// Scores of the block's keys, four at a time.
// @ts-ignore: decorator
@inline
function scores(
  kind: i32,
  two: bool,
  block: Block,
  a: Row,
  b: Row,
  seenA: i32,
  seenB: i32,
  count: i32,
): void {
  const width = kvWordBytes(kind);
  const weights = scratch();
  const queryA = a.query;
  const queryB = two ? b.query : 0;
  const end: usize = block.words << 4;
  for (let t = 0; t < count; t += 4) {
    let a0 = f32x4.splat(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let b0 = a0;
    let b1 = a0;
    let b2 = a0;
    let b3 = a0;
    let at = block.keys + width * t;
    for (let w: usize = 0; w < end; w += 16) {
      const low = wordPair(kind, at);
      const high = wordPair(kind, at + 2 * width);
      const qa = v128.load(queryA + w);
      const qb = two ? v128.load(queryB + w) : qa;
      const k0 = wordOf(kind, at, low, 0);
      a0 = multiplyAdd(qa, k0, a0);
      if (two) b0 = multiplyAdd(qb, k0, b0);
      const k1 = wordOf(kind, at, low, 1);
      a1 = multiplyAdd(qa, k1, a1);
      if (two) b1 = multiplyAdd(qb, k1, b1);
      const k2 = wordOf(kind, at, high, 2);
      a2 = multiplyAdd(qa, k2, a2);
      if (two) b2 = multiplyAdd(qb, k2, b2);
      const k3 = wordOf(kind, at, high, 3);
      a3 = multiplyAdd(qa, k3, a3);
      if (two) b3 = multiplyAdd(qb, k3, b3);
      at += width * KV_BLOCK;
    }
    const sumsA = scaled(sumsF32(a0, a1, a2, a3), block.keyScales, t, block.keyFactor);
    v128.store(weights + (t << 2), masked(sumsA, t, seenA));
    if (two) {
      const sumsB = scaled(sumsF32(b0, b1, b2, b3), block.keyScales, t, block.keyFactor);
      v128.store(weights + (t << 2), masked(sumsB, t, seenB), WEIGHTS_BYTES);
    }
  }
}

// What a word of the sum begins with: nothing at the first block, where `out` is not yet written.
// @ts-ignore: decorator
@inline
function begin(out: usize, factor: f32, isFirst: bool): v128 {
  return isFirst ? f32x4.splat(0) : f32x4.mul(v128.load(out), f32x4.splat(factor));
}

// Adds `count` values by their weights, sixteen columns at a time and the rest in words.
// @ts-ignore: decorator
@inline
function addValues(
  kind: i32,
  two: bool,
  block: Block,
  outA: usize,
  outB: usize,
  factorA: f32,
  factorB: f32,
  count: i32,
): void {
  const width = kvWordBytes(kind);
  const stride = block.valueStride;
  const isFirst = block.first === 0;
  const weights = scratch();
  const weightsEnd = weights + (count << 2);
  let column = block.values;
  let w: u32 = 0;
  for (; w + 4 <= block.words; w += 4) {
    let a0 = begin(outA, factorA, isFirst);
    let a1 = begin(outA + 16, factorA, isFirst);
    let a2 = begin(outA + 32, factorA, isFirst);
    let a3 = begin(outA + 48, factorA, isFirst);
    let b0 = two ? begin(outB, factorB, isFirst) : a0;
    let b1 = two ? begin(outB + 16, factorB, isFirst) : a0;
    let b2 = two ? begin(outB + 32, factorB, isFirst) : a0;
    let b3 = two ? begin(outB + 48, factorB, isFirst) : a0;
    let at = column;
    for (let weight = weights; weight < weightsEnd; weight += 4) {
      const low = wordPair(kind, at);
      const high = wordPair(kind, at + 2 * width);
      const wa = v128.load32_splat(weight);
      const wb = two ? v128.load32_splat(weight, WEIGHTS_BYTES) : wa;
      const v0 = wordOf(kind, at, low, 0);
      a0 = multiplyAdd(wa, v0, a0);
      if (two) b0 = multiplyAdd(wb, v0, b0);
      const v1 = wordOf(kind, at, low, 1);
      a1 = multiplyAdd(wa, v1, a1);
      if (two) b1 = multiplyAdd(wb, v1, b1);
      const v2 = wordOf(kind, at, high, 2);
      a2 = multiplyAdd(wa, v2, a2);
      if (two) b2 = multiplyAdd(wb, v2, b2);
      const v3 = wordOf(kind, at, high, 3);
      a3 = multiplyAdd(wa, v3, a3);
      if (two) b3 = multiplyAdd(wb, v3, b3);
      at += stride;
    }
    v128.store(outA, a0);
    v128.store(outA, a1, 16);
    v128.store(outA, a2, 32);
    v128.store(outA, a3, 48);
    if (two) {
      v128.store(outB, b0);
      v128.store(outB, b1, 16);
      v128.store(outB, b2, 32);
      v128.store(outB, b3, 48);
    }
    column += 4 * width;
    outA += 64;
    outB += 64;
  }
  for (; w < block.words; w++) {
    let sumA = begin(outA, factorA, isFirst);
    let sumB = two ? begin(outB, factorB, isFirst) : sumA;
    let at = column;
    for (let weight = weights; weight < weightsEnd; weight += 4) {
      const v = loneWord(kind, at);
      sumA = multiplyAdd(v128.load32_splat(weight), v, sumA);
      if (two) sumB = multiplyAdd(v128.load32_splat(weight, WEIGHTS_BYTES), v, sumB);
      at += stride;
    }
    v128.store(outA, sumA);
    if (two) v128.store(outB, sumB);
    column += width;
    outA += 16;
    outB += 16;
  }
}

function onePairF32(block: Block, a: Row, b: Row): void {
  attend(KV_F32, true, block, a, b);
}

function oneRowF32(block: Block, a: Row): void {
  attend(KV_F32, false, block, a, a);
}

function onePairF16(block: Block, a: Row, b: Row): void {
  attend(KV_F16, true, block, a, b);
}

function oneRowF16(block: Block, a: Row): void {
  attend(KV_F16, false, block, a, a);
}

function onePairInt8(block: Block, a: Row, b: Row): void {
  attend(KV_INT8, true, block, a, b);
}

function oneRowInt8(block: Block, a: Row): void {
  attend(KV_INT8, false, block, a, a);
}

/**
 * Takes a block into the rows that lie from `from` up to `end`.
 * @param kind of its words: KV_F32, KV_F16 or KV_INT8, a constant
 */
// @ts-ignore: decorator
@inline
export function attendBlock(kind: i32, block: Block, from: usize, end: usize): void {
  const bytes = offsetof<Row>();
  let at = from;
  for (; at + bytes < end; at += 2 * bytes) {
    const a = changetype<Row>(at);
    const b = changetype<Row>(at + bytes);
    if (kind === KV_F32) onePairF32(block, a, b);
    else if (kind === KV_F16) onePairF16(block, a, b);
    else onePairInt8(block, a, b);
  }
  if (at < end) {
    const last = changetype<Row>(at);
    if (kind === KV_F32) oneRowF32(block, last);
    else if (kind === KV_F16) oneRowF16(block, last);
    else oneRowInt8(block, last);
  }
}
