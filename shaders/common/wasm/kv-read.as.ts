// Reads words of four columns out of the cache: common/kv/layout.ts. For int4 the codes of a block are unpacked to bytes
// first, so that only the float kinds and int8 have words here; their codes are then 16 times too large.
import { HALF_FACTOR, scaledHalves } from './half.as';
import { KV_BLOCK, KV_F16, KV_F32, KV_INT4, KV_INT8, kvScalesAt, kvWordBytes, kvWords } from './kv.as';

/** By what wordOf must be multiplied, beyond the token's scale where the kind has one. */
// @ts-ignore: decorator
@inline
export function wordFactor(kind: i32): f32 {
  return kind === KV_F16 ? HALF_FACTOR : kind === KV_INT4 ? <f32>0.0625 : 1;
}

/** The two words at `at` that wordOf takes its columns from: of int8, i16x8; of the other kinds nothing. */
// @ts-ignore: decorator
@inline
export function wordPair(kind: i32, at: usize): v128 {
  return kind === KV_INT8 ? v128.load8x8_s(at) : i32x4.splat(0);
}

/**
 * Word i of those from `at` on, f32x4, in units of wordFactor.
 * @param kind KV_F32, KV_F16 or KV_INT8: a constant
 * @param pair wordPair of the word and its neighbour with the same i / 2
 * @param i a constant
 */
// @ts-ignore: decorator
@inline
export function wordOf(kind: i32, at: usize, pair: v128, i: i32): v128 {
  if (kind === KV_F32) return v128.load(at + (i << 4));
  if (kind === KV_F16) return scaledHalves(at + (i << 3));
  return f32x4.convert_i32x4_s((i & 1) === 0 ? i32x4.extend_low_i16x8_s(pair) : i32x4.extend_high_i16x8_s(pair));
}

/** A word by itself, as wordOf; reads no byte beyond it. */
// @ts-ignore: decorator
@inline
export function loneWord(kind: i32, at: usize): v128 {
  const pair = kind === KV_INT8 ? i16x8.extend_low_i8x16_s(v128.load32_zero(at)) : i32x4.splat(0);
  return wordOf(kind, at, pair, 0);
}

/** Sixteen int4 as int8, sixteen times too large: the lower nibbles of bytes, or the upper ones, at their upper end. */
// @ts-ignore: decorator
@inline
function nibbles(v: v128, areLow: bool): v128 {
  return v128.and(areLow ? i16x8.shl(v, 4) : v, i16x8.splat(<i16>0xf0f0));
}

/** Unpacks a block of int4 keys: int8 words [2 W][64 tokens], 16 times too large. */
export function unpackKeys(block: usize, headDim: u32, to: usize): void {
  const words = kvWords(KV_INT4, headDim);
  for (let w: usize = 0; w < words; w++) {
    for (let t: usize = 0; t < KV_BLOCK; t += 4) {
      const cell = v128.load(block + ((w * KV_BLOCK + t) << 2));
      const low = nibbles(cell, true);
      const high = nibbles(cell, false);
      const first = i8x16.shuffle(low, high, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const second = i8x16.shuffle(low, high, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      const at = to + ((2 * w * KV_BLOCK + t) << 2);
      v128.store(at, i32x4.shuffle(first, second, 0, 2, 4, 6));
      v128.store(at + 4 * KV_BLOCK, i32x4.shuffle(first, second, 1, 3, 5, 7));
    }
  }
}

/** Unpacks a block of int4 values: int8 words [64 tokens][2 W], 16 times too large. */
export function unpackValues(block: usize, headDim: u32, to: usize): void {
  const bytes = kvScalesAt(KV_INT4, headDim);
  for (let i: usize = 0; i < bytes; i += 16) {
    const cell = v128.load(block + i);
    const low = nibbles(cell, true);
    const high = nibbles(cell, false);
    v128.store(to + 2 * i, i8x16.shuffle(low, high, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
    v128.store(
      to + 2 * i,
      i8x16.shuffle(low, high, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31),
      16,
    );
  }
}

/** Writes `count` words, a multiple of 4, as f32, in units of wordFactor. */
// @ts-ignore: decorator
@inline
export function expandWords(kind: i32, from: usize, count: usize, to: usize): void {
  const end = from + count * kvWordBytes(kind);
  for (let at = from; at < end; at += 4 * kvWordBytes(kind)) {
    const first = wordPair(kind, at);
    const second = wordPair(kind, at + 2 * kvWordBytes(kind));
    v128.store(to, wordOf(kind, at, first, 0));
    v128.store(to, wordOf(kind, at, first, 1), 16);
    v128.store(to, wordOf(kind, at, second, 2), 32);
    v128.store(to, wordOf(kind, at, second, 3), 48);
    to += 64;
  }
}
