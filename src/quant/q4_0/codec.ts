// Q4_0 blocks, 18 bytes for 32 elements: f16 scale d, then 16 bytes whose low nibbles are the first 16 elements and
// whose high nibbles the rest; value = d * (nibble - 8). Layout and rounding as ggml/src/ggml-quants.c.

import { f16ToF32Table, f32ToF16 } from '../../util/float16.ts';
import { halfAt, storeHalf, subtractLanes, wordAt } from '../byte-lanes.ts';
import type { CodedRows } from '../format.ts';

/** Elements per block. */
export const Q4_0_BLOCK_ELEMENTS = 32;
/** Bytes per block. */
export const Q4_0_BLOCK_BYTES = 18;

/** Codes (-8 to 7) and scales of whole blocks. */
export function decodeQ4_0(bytes: Uint8Array): CodedRows {
  const blocks = bytes.length / Q4_0_BLOCK_BYTES;
  const codes = new Int8Array(blocks * Q4_0_BLOCK_ELEMENTS);
  const words = new Uint32Array(codes.buffer);
  const scales = new Float32Array(blocks);
  const table = f16ToF32Table();
  for (let block = 0, at = 0; block < blocks; block++, at += Q4_0_BLOCK_BYTES) {
    scales[block] = table[halfAt(bytes, at)];
    const to = block * 8;
    for (let index = 0; index < 4; index++) {
      const word = wordAt(bytes, at + 2 + index * 4);
      words[to + index] = subtractLanes(word & 0x0f0f0f0f, 0x08080808);
      words[to + 4 + index] = subtractLanes((word >>> 4) & 0x0f0f0f0f, 0x08080808);
    }
  }
  return { codes, scales };
}

/**
 * Blocks of values (a multiple of 32). The element of largest magnitude, the first of several, becomes -8 exactly;
 * the scale is rounded to f16 after its reciprocal was formed, as ggml does.
 */
export function encodeQ4_0(values: Float32Array): Uint8Array {
  const blocks = values.length / Q4_0_BLOCK_ELEMENTS;
  const bytes = new Uint8Array(blocks * Q4_0_BLOCK_BYTES);
  for (let block = 0, at = 0; block < blocks; block++, at += Q4_0_BLOCK_BYTES) {
    const first = block * Q4_0_BLOCK_ELEMENTS;
    const scale = Math.fround(largestSigned(values, first, first + Q4_0_BLOCK_ELEMENTS) / -8);
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    storeHalf(bytes, at, f32ToF16(scale));
    for (let index = 0; index < 16; index++) {
      const low = toNibble(values[first + index], inverse);
      const high = toNibble(values[first + 16 + index], inverse);
      bytes[at + 2 + index] = low | (high << 4);
    }
  }
  return bytes;
}

function largestSigned(values: Float32Array, first: number, end: number): number {
  let largest = 0;
  for (let at = first; at < end; at++) {
    if (Math.abs(values[at]) > Math.abs(largest)) largest = values[at];
  }
  return largest;
}

// Each operation rounds to f32; the sum is positive, so truncation is `| 0`.
function toNibble(value: number, inverse: number): number {
  return Math.min(15, Math.fround(Math.fround(value * inverse) + 8.5) | 0);
}
