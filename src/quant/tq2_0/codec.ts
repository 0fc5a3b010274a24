// TQ2_0 blocks, 66 bytes for 256 elements: 64 bytes of two-bit codes, then the f16 scale d; value = d * (code - 1).
// Element e lies in byte 32 * (e >> 7) + (e & 31), at bit 2 * ((e >> 5) & 3). Layout as ggml/src/ggml-quants.c.

import { f16ToF32Table, f32ToF16 } from '../../util/float16.ts';
import { halfAt, storeHalf, subtractLanes, wordAt } from '../byte-lanes.ts';
import type { CodedRows } from '../format.ts';
import { quantizeTernaryBlock } from '../ternary-block.ts';

/** Elements per block. */
export const TQ2_0_BLOCK_ELEMENTS = 256;
/** Bytes per block. */
export const TQ2_0_BLOCK_BYTES = 66;

const D_AT = 64;

/**
 * Codes (-1, 0, 1) and scales of whole blocks.
 * @returns null when some code is 3, which no ternary encoder writes
 */
export function decodeTq2_0(bytes: Uint8Array): CodedRows | null {
  const blocks = bytes.length / TQ2_0_BLOCK_BYTES;
  const codes = new Int8Array(blocks * TQ2_0_BLOCK_ELEMENTS);
  const words = new Uint32Array(codes.buffer);
  const scales = new Float32Array(blocks);
  const table = f16ToF32Table();
  let invalid = 0;
  for (let block = 0, at = 0; block < blocks; block++, at += TQ2_0_BLOCK_BYTES) {
    scales[block] = table[halfAt(bytes, at + D_AT)];
    for (let index = 0; index < 16; index++) {
      const word = wordAt(bytes, at + index * 4);
      invalid |= word & (word >>> 1) & 0x55555555;
      // 8 words of 32 bytes make four runs of 8 words.
      const to = block * 64 + (index >> 3) * 32 + (index & 7);
      words[to] = subtractLanes(word & 0x03030303, 0x01010101);
      words[to + 8] = subtractLanes((word >>> 2) & 0x03030303, 0x01010101);
      words[to + 16] = subtractLanes((word >>> 4) & 0x03030303, 0x01010101);
      words[to + 24] = subtractLanes((word >>> 6) & 0x03030303, 0x01010101);
    }
  }
  return invalid === 0 ? { codes, scales } : null;
}

/** Blocks of values (a multiple of 256); d = max|x| of the block, rounded to f16 after its reciprocal was formed. */
export function encodeTq2_0(values: Float32Array): Uint8Array {
  const blocks = values.length / TQ2_0_BLOCK_ELEMENTS;
  const bytes = new Uint8Array(blocks * TQ2_0_BLOCK_BYTES);
  const codes = new Int8Array(TQ2_0_BLOCK_ELEMENTS);
  for (let block = 0, at = 0; block < blocks; block++, at += TQ2_0_BLOCK_BYTES) {
    const scale = quantizeTernaryBlock(values, block * TQ2_0_BLOCK_ELEMENTS, codes);
    for (let index = 0; index < TQ2_0_BLOCK_ELEMENTS; index++) {
      bytes[at + 32 * (index >> 7) + (index & 31)] |= (codes[index] + 1) << (2 * ((index >> 5) & 3));
    }
    storeHalf(bytes, at + D_AT, f32ToF16(scale));
  }
  return bytes;
}
