// TQ1_0 blocks, 54 bytes for 256 elements: 48 bytes of five base-3 digits, 4 bytes of four, f16 scale d.
// Byte j < 32 has the elements j + 32 n, byte 32 + j < 48 the elements 160 + j + 16 n, byte 48 + j the elements
// 240 + j + 4 n; value = d * (digit - 1). Layout as ggml/src/ggml-quants.c.

import { f16ToF32Table, f32ToF16 } from '../../util/float16.ts';
import { packBase3Byte, unpackBase3Word } from '../base3.ts';
import { halfAt, storeHalf, wordAt } from '../byte-lanes.ts';
import type { CodedRows } from '../format.ts';
import { quantizeTernaryBlock } from '../ternary-block.ts';

/** Elements per block. */
export const TQ1_0_BLOCK_ELEMENTS = 256;
/** Bytes per block. */
export const TQ1_0_BLOCK_BYTES = 54;

const D_AT = 52;

/** Codes (-1, 0, 1) and scales of whole blocks. Every byte decodes to some digits: nothing is invalid. */
export function decodeTq1_0(bytes: Uint8Array): CodedRows {
  const blocks = bytes.length / TQ1_0_BLOCK_BYTES;
  const codes = new Int8Array(blocks * TQ1_0_BLOCK_ELEMENTS);
  const words = new Uint32Array(codes.buffer);
  const scales = new Float32Array(blocks);
  const table = f16ToF32Table();
  for (let block = 0, at = 0; block < blocks; block++, at += TQ1_0_BLOCK_BYTES) {
    const to = block * (TQ1_0_BLOCK_ELEMENTS / 4);
    for (let index = 0; index < 8; index++) {
      unpackBase3Word(wordAt(bytes, at + index * 4), 5, words, to + index, 8);
    }
    for (let index = 0; index < 4; index++) {
      unpackBase3Word(wordAt(bytes, at + 32 + index * 4), 5, words, to + 40 + index, 4);
    }
    unpackBase3Word(wordAt(bytes, at + 48), 4, words, to + 60, 1);
    scales[block] = table[halfAt(bytes, at + D_AT)];
  }
  return { codes, scales };
}

/** Blocks of values (a multiple of 256); d = max|x| of the block. */
export function encodeTq1_0(values: Float32Array): Uint8Array {
  const blocks = values.length / TQ1_0_BLOCK_ELEMENTS;
  const bytes = new Uint8Array(blocks * TQ1_0_BLOCK_BYTES);
  const codes = new Int8Array(TQ1_0_BLOCK_ELEMENTS);
  for (let block = 0, at = 0; block < blocks; block++, at += TQ1_0_BLOCK_BYTES) {
    const scale = quantizeTernaryBlock(values, block * TQ1_0_BLOCK_ELEMENTS, codes);
    for (let index = 0; index < 32; index++) bytes[at + index] = packBase3Byte(codes, index, 5, 32);
    for (let index = 0; index < 16; index++)
      bytes[at + 32 + index] = packBase3Byte(codes, 160 + index, 5, 16);
    for (let index = 0; index < 4; index++) bytes[at + 48 + index] = packBase3Byte(codes, 240 + index, 4, 4);
    storeHalf(bytes, at + D_AT, f32ToF16(scale));
  }
  return bytes;
}
