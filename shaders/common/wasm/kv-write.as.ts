// Writes one token's columns of one head to the cache, encoded as its kind says.
import { nearestHalves } from './half.as';
import { isCoded, KV_BLOCK, KV_F16, KV_F32, KV_INT4, KV_INT8, kvScalesAt, kvWordBytes, kvWords } from './kv.as';
import { codesOfRow, largestOfRow } from './row.as';

/** Largest head. */
const MAX_HEAD_DIM: u32 = 256;

/** Bytes of scratch that writeToken needs. */
export const WRITE_TOKEN_BYTES: usize = MAX_HEAD_DIM + 16;

/** Codes that the largest magnitude of a head is away from zero; of int4 8 itself is stored as 7. */
// @ts-ignore: decorator
@inline
function stepsOf(kind: i32): f32 {
  return kind === KV_INT8 ? 127 : 8;
}

/**
 * Writes a token to a block.
 * @param kind a constant of kv.as
 * @param isValue whether the block is one of values: a constant
 * @param head headDim f32; for int4 rotated
 * @param scratch WRITE_TOKEN_BYTES
 */
// @ts-ignore: decorator
@inline
export function writeToken(
  kind: i32,
  isValue: bool,
  block: usize,
  token: usize,
  head: usize,
  headDim: u32,
  scratch: usize,
): void {
  const words = kvWords(kind, headDim);
  const wordBytes = kvWordBytes(kind);
  let at = block + (isValue ? token * words : token) * wordBytes;
  const stride = isValue ? wordBytes : wordBytes * KV_BLOCK;
  if (isCoded(kind)) {
    const largest = largestOfRow(head, 0, false, headDim);
    const factor: f32 = largest > 0 ? stepsOf(kind) / largest : 0;
    // int4 takes sixteen codes at a time: those beyond the head are zero.
    if (kind === KV_INT4) v128.store(scratch + (headDim & ~15), i32x4.splat(0));
    codesOfRow(head, 0, false, factor, scratch, headDim);
    if (kind === KV_INT4) packNibbles(scratch, headDim);
    store<f32>(block + kvScalesAt(kind, headDim) + (token << 2), largest / stepsOf(kind));
  }
  for (let w: usize = 0; w < words; w++) {
    if (kind === KV_F32) v128.store(at, v128.load(head + (w << 4)));
    else if (kind === KV_F16) {
      const halves = nearestHalves(v128.load(head + (w << 4)));
      v128.store64_lane(at, i16x8.narrow_i32x4_u(halves, halves), 0);
    } else store<u32>(at, load<u32>(scratch + (w << 2)));
    at += stride;
  }
}

/** Codes of a byte each, at most 8, to nibbles, at most 7, in place. */
function packNibbles(codes: usize, headDim: u32): void {
  for (let c: usize = 0; c < headDim; c += 16) {
    const bytes = i8x16.min_s(v128.load(codes + c), i8x16.splat(7));
    const low = v128.and(bytes, i16x8.splat(0x0f));
    const high = v128.and(i16x8.shr_u(bytes, 4), i16x8.splat(0xf0));
    const nibbles = v128.or(low, high);
    v128.store64_lane(codes + (c >> 1), i8x16.narrow_i16x8_u(nibbles, nibbles), 0);
  }
}
