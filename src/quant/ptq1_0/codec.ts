// PTQ1_0 blocks of PrismML, 28 bytes for 128 elements: 24 bytes of five base-3 digits, 2 bytes of four, f16 scale d.
// Byte j < 16 has the elements j + 16 n, byte 16 + j < 24 the elements 80 + j + 8 n, byte 24 + j the elements
// 120 + j + 2 n; value = d * (digit - 1).

import { f16ToF32Table } from '../../util/float16.ts';
import { unpackBase3Word } from '../base3.ts';
import { halfAt, wordAt } from '../byte-lanes.ts';
import type { CodedRows } from '../format.ts';

/** Elements per block. */
export const PTQ1_0_BLOCK_ELEMENTS = 128;
/** Bytes per block. */
export const PTQ1_0_BLOCK_BYTES = 28;

const D_AT = 26;

/** Codes (-1, 0, 1) and scales of whole blocks. Every byte decodes to some digits: nothing is invalid. */
export function decodePtq1_0(bytes: Uint8Array): CodedRows {
  const blocks = bytes.length / PTQ1_0_BLOCK_BYTES;
  const codes = new Int8Array(blocks * PTQ1_0_BLOCK_ELEMENTS);
  const words = new Uint32Array(codes.buffer);
  const scales = new Float32Array(blocks);
  const table = f16ToF32Table();
  const tail = new Uint32Array(4);
  for (let block = 0, at = 0; block < blocks; block++, at += PTQ1_0_BLOCK_BYTES) {
    const to = block * (PTQ1_0_BLOCK_ELEMENTS / 4);
    for (let index = 0; index < 4; index++) {
      unpackBase3Word(wordAt(bytes, at + index * 4), 5, words, to + index, 4);
    }
    for (let index = 0; index < 2; index++) {
      unpackBase3Word(wordAt(bytes, at + 16 + index * 4), 5, words, to + 20 + index, 2);
    }
    // Two bytes only: each digit gives half a word.
    unpackBase3Word(halfAt(bytes, at + 24), 4, tail, 0, 1);
    words[to + 30] = (tail[0] & 0xffff) | (tail[1] << 16);
    words[to + 31] = (tail[2] & 0xffff) | (tail[3] << 16);
    scales[block] = table[halfAt(bytes, at + D_AT)];
  }
  return { codes, scales };
}
