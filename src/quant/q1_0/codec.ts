// Q1_0 blocks, 18 bytes for 128 elements: f16 scale d, then 16 bytes of sign bits from the low end; bit 1 = +d,
// bit 0 = -d. Layout and rounding as ggml/src/ggml-quants.c.

import { f16ToF32Table, f32ToF16 } from '../../util/float16.ts';
import { halfAt, storeHalf } from '../byte-lanes.ts';
import type { CodedRows } from '../format.ts';

/** Elements per block. */
export const Q1_0_BLOCK_ELEMENTS = 128;
/** Bytes per block. */
export const Q1_0_BLOCK_BYTES = 18;

/** Four sign bits as four codes: bit 1 = 0x01, bit 0 = 0xff. */
const NIBBLE_CODES = Uint32Array.from({ length: 16 }, (_, bits) =>
  [0, 1, 2, 3].reduce((word, lane) => word | (((bits >> lane) & 1 ? 0x01 : 0xff) << (8 * lane)), 0),
);

/** Codes (-1, 1) and scales of whole blocks. */
export function decodeQ1_0(bytes: Uint8Array): CodedRows {
  const blocks = bytes.length / Q1_0_BLOCK_BYTES;
  const codes = new Int8Array(blocks * Q1_0_BLOCK_ELEMENTS);
  const words = new Uint32Array(codes.buffer);
  const scales = new Float32Array(blocks);
  const table = f16ToF32Table();
  for (let block = 0, at = 0; block < blocks; block++, at += Q1_0_BLOCK_BYTES) {
    scales[block] = table[halfAt(bytes, at)];
    unpackSigns(bytes, at + 2, at + Q1_0_BLOCK_BYTES, words, block * (Q1_0_BLOCK_ELEMENTS / 4));
  }
  return { codes, scales };
}

/**
 * Unpacks sign bits from the low end of each byte: bit 1 = +1, bit 0 = -1.
 * @param words receives four codes per word from words[to] on, two words for each byte of bytes[from, end)
 */
export function unpackSigns(
  bytes: Uint8Array,
  from: number,
  end: number,
  words: Uint32Array,
  to: number,
): void {
  for (let at = from, word = to; at < end; at++, word += 2) {
    const bits = bytes[at];
    words[word] = NIBBLE_CODES[bits & 15];
    words[word + 1] = NIBBLE_CODES[bits >> 4];
  }
}

/** Blocks of values (a multiple of 128); d = mean|x|, summed in f32 in index order; zero counts as positive. */
export function encodeQ1_0(values: Float32Array): Uint8Array {
  const blocks = values.length / Q1_0_BLOCK_ELEMENTS;
  const bytes = new Uint8Array(blocks * Q1_0_BLOCK_BYTES);
  for (let block = 0, at = 0; block < blocks; block++, at += Q1_0_BLOCK_BYTES) {
    const first = block * Q1_0_BLOCK_ELEMENTS;
    let sum = 0;
    for (let index = 0; index < Q1_0_BLOCK_ELEMENTS; index++) {
      const value = values[first + index];
      sum = Math.fround(sum + Math.abs(value));
      if (value >= 0) bytes[at + 2 + (index >> 3)] |= 1 << (index & 7);
    }
    storeHalf(bytes, at, f32ToF16(sum / Q1_0_BLOCK_ELEMENTS));
  }
  return bytes;
}
