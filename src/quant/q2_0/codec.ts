// Q2_0 and PQ2_0 blocks of 64 or 128 elements: f16 scale d, then two-bit codes from the low end, four per byte;
// value = d * (code - 1). Layout and rounding as ggml/src/ggml-quants.c; groups of 128 as PrismML's fork.

import { f16ToF32Table, f32ToF16 } from '../../util/float16.ts';
import { halfAt, storeHalf } from '../byte-lanes.ts';
import type { CodedRows } from '../format.ts';
import { quantizeTernaryBlock } from '../ternary-block.ts';

/** Elements per block: two layouts share the id 42. */
export type Q2_0GroupSize = 64 | 128;

/** Bytes per block. */
export function q2_0BlockBytes(groupSize: Q2_0GroupSize): number {
  return 2 + groupSize / 4;
}

/** One byte as four codes. */
const BYTE_CODES = Uint32Array.from({ length: 256 }, (_, byte) =>
  [0, 1, 2, 3].reduce((word, lane) => word | (((((byte >> (2 * lane)) & 3) - 1) & 0xff) << (8 * lane)), 0),
);

/**
 * Codes (-1, 0, 1) and scales of whole blocks.
 * @returns null when some code is 3, which no ternary encoder writes
 */
export function decodeQ2_0(bytes: Uint8Array, groupSize: Q2_0GroupSize): CodedRows | null {
  const blockBytes = q2_0BlockBytes(groupSize);
  const blocks = bytes.length / blockBytes;
  const codes = new Int8Array(blocks * groupSize);
  const words = new Uint32Array(codes.buffer);
  const scales = new Float32Array(blocks);
  const table = f16ToF32Table();
  let isTernary = true;
  for (let block = 0, at = 0; block < blocks; block++, at += blockBytes) {
    scales[block] = table[halfAt(bytes, at)];
    if (!unpackTwoBits(bytes, at + 2, at + blockBytes, words, (block * groupSize) / 4)) isTernary = false;
  }
  return isTernary ? { codes, scales } : null;
}

/**
 * Unpacks two-bit codes from the low end of each byte, less 1.
 * @param words receives four codes per word from words[to] on, one word for each byte of bytes[from, end)
 * @returns whether no code is 3
 */
export function unpackTwoBits(
  bytes: Uint8Array,
  from: number,
  end: number,
  words: Uint32Array,
  to: number,
): boolean {
  let invalid = 0;
  for (let at = from, word = to; at < end; at++, word++) {
    const packed = bytes[at];
    invalid |= packed & (packed >> 1) & 0x55;
    words[word] = BYTE_CODES[packed];
  }
  return invalid === 0;
}

/** Blocks of values (a multiple of groupSize); d = max|x| of the block. */
export function encodeQ2_0(values: Float32Array, groupSize: Q2_0GroupSize): Uint8Array {
  const blockBytes = q2_0BlockBytes(groupSize);
  const blocks = values.length / groupSize;
  const bytes = new Uint8Array(blocks * blockBytes);
  const codes = new Int8Array(groupSize);
  for (let block = 0, at = 0; block < blocks; block++, at += blockBytes) {
    const scale = quantizeTernaryBlock(values, block * groupSize, codes);
    for (let index = 0; index < groupSize; index++) {
      bytes[at + 2 + (index >> 2)] |= (codes[index] + 1) << (2 * (index & 3));
    }
    storeHalf(bytes, at, f32ToF16(scale));
  }
  return bytes;
}
