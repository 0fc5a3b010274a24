// Q6_K blocks, 210 bytes for 256 elements: 128 bytes of low nibbles, 64 bytes of high bit pairs, 16 i8 scales for
// groups of 16, f16 d. value = (d * scale) * (q - 32), q = 0 to 63. Layout as ggml/src/ggml-quants.c.

import { f16ToF32Table } from '../../util/float16.ts';
import { halfAt, subtractLanes, wordAt } from '../byte-lanes.ts';
import type { CodedRows } from '../format.ts';

/** Elements per block. */
export const Q6_K_BLOCK_ELEMENTS = 256;
/** Bytes per block. */
export const Q6_K_BLOCK_BYTES = 210;
/** Elements per scale. */
export const Q6_K_GROUP_SIZE = 16;

const GROUPS = Q6_K_BLOCK_ELEMENTS / Q6_K_GROUP_SIZE;
const HIGH_AT = 128;
const SCALES_AT = 192;
const D_AT = 208;

/** Codes (-32 to 31) and scales d * scale (exact in f32) of whole blocks. */
export function decodeQ6_K(bytes: Uint8Array): CodedRows {
  const blocks = bytes.length / Q6_K_BLOCK_BYTES;
  const codes = new Int8Array(blocks * Q6_K_BLOCK_ELEMENTS);
  const words = new Uint32Array(codes.buffer);
  const scales = new Float32Array(blocks * GROUPS);
  const table = f16ToF32Table();
  for (let block = 0, at = 0; block < blocks; block++, at += Q6_K_BLOCK_BYTES) {
    const d = table[halfAt(bytes, at + D_AT)];
    for (let group = 0; group < GROUPS; group++) {
      scales[block * GROUPS + group] = d * ((bytes[at + SCALES_AT + group] << 24) >> 24);
    }
    const to = block * (Q6_K_BLOCK_ELEMENTS / 4);
    unpackHalf(bytes, at, at + HIGH_AT, words, to);
    unpackHalf(bytes, at + 64, at + HIGH_AT + 32, words, to + 32);
  }
  return { codes, scales };
}

/** 128 elements as four runs of 32: two runs share 32 bytes of nibbles each way, all four share 32 bytes of pairs. */
function unpackHalf(bytes: Uint8Array, lowAt: number, highAt: number, words: Uint32Array, to: number): void {
  for (let index = 0; index < 8; index++) {
    const even = wordAt(bytes, lowAt + index * 4);
    const odd = wordAt(bytes, lowAt + 32 + index * 4);
    const high = wordAt(bytes, highAt + index * 4);
    words[to + index] = joinLanes(even, high << 4);
    words[to + 8 + index] = joinLanes(odd, high << 2);
    words[to + 16 + index] = joinLanes(even >>> 4, high);
    words[to + 24 + index] = joinLanes(odd >>> 4, high >>> 2);
  }
}

// Shifts may carry bits over lane borders; the masks drop them.
function joinLanes(low: number, high: number): number {
  return subtractLanes((low & 0x0f0f0f0f) | (high & 0x30303030), 0x20202020);
}
