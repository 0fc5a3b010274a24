// Q4_K blocks, 144 bytes for 256 elements: f16 d, f16 dmin, 12 bytes of 6-bit scales and minima for eight groups of
// 32, 128 bytes of nibbles. value = (d * scale) * q - dmin * minimum, q = 0 to 15. Layout as ggml/src/ggml-quants.c.

import { f16ToF32Table } from '../../util/float16.ts';
import { halfAt, subtractLanes, wordAt } from '../byte-lanes.ts';
import type { CodedRows } from '../format.ts';

/** Elements per block. */
export const Q4_K_BLOCK_ELEMENTS = 256;
/** Bytes per block. */
export const Q4_K_BLOCK_BYTES = 144;
/** Elements per scale. */
export const Q4_K_GROUP_SIZE = 32;

const GROUPS = Q4_K_BLOCK_ELEMENTS / Q4_K_GROUP_SIZE;
const PACKED_AT = 4;
const NIBBLES_AT = 16;
/** Codes are q - 8, so that they fit four signed bits. */
const CODE_SHIFT = 8;

/**
 * Codes (-8 to 7), scales and minima of whole blocks. minima = 8 * (d * scale) - dmin * minimum, rounded once to f32:
 * scales * codes + minima may differ from decodeQ4_KFloats by that rounding.
 */
export function decodeQ4_K(bytes: Uint8Array): CodedRows {
  const { codes, scales, offsets } = decodeFields(bytes);
  const minima = offsets.map((offset, group) => CODE_SHIFT * scales[group] - offset);
  return { codes, scales, minima };
}

/** Values of whole blocks, bit for bit: both products are exact in f32, the difference is rounded once. */
export function decodeQ4_KFloats(bytes: Uint8Array): Float32Array {
  const { codes, scales, offsets } = decodeFields(bytes);
  const values = new Float32Array(codes.length);
  for (let group = 0, at = 0; group < scales.length; group++) {
    const scale = scales[group];
    const offset = offsets[group];
    for (const end = at + Q4_K_GROUP_SIZE; at < end; at++) {
      values[at] = scale * (codes[at] + CODE_SHIFT) - offset;
    }
  }
  return values;
}

interface Q4_KFields {
  readonly codes: Int8Array;
  /** d * scale of each group. */
  readonly scales: Float32Array;
  /** dmin * minimum of each group. */
  readonly offsets: Float32Array;
}

function decodeFields(bytes: Uint8Array): Q4_KFields {
  const blocks = bytes.length / Q4_K_BLOCK_BYTES;
  const codes = new Int8Array(blocks * Q4_K_BLOCK_ELEMENTS);
  const words = new Uint32Array(codes.buffer);
  const scales = new Float32Array(blocks * GROUPS);
  const offsets = new Float32Array(blocks * GROUPS);
  const table = f16ToF32Table();
  for (let block = 0, at = 0; block < blocks; block++, at += Q4_K_BLOCK_BYTES) {
    const d = table[halfAt(bytes, at)];
    const dmin = table[halfAt(bytes, at + 2)];
    const group = block * GROUPS;
    // Four groups keep their numbers in six low bits, the other four in nibbles and the two high bits of the first.
    for (let index = 0, from = at + PACKED_AT; index < 4; index++, from++) {
      const first = bytes[from];
      const second = bytes[from + 4];
      const third = bytes[from + 8];
      scales[group + index] = d * (first & 63);
      offsets[group + index] = dmin * (second & 63);
      scales[group + 4 + index] = d * ((third & 15) | ((first >> 6) << 4));
      offsets[group + 4 + index] = dmin * ((third >> 4) | ((second >> 6) << 4));
    }
    unpackNibbles(bytes, at + NIBBLES_AT, words, block * (Q4_K_BLOCK_ELEMENTS / 4));
  }
  return { codes, scales, offsets };
}

/** Each 32 bytes hold two groups: the low nibbles one, the high nibbles the next. */
function unpackNibbles(bytes: Uint8Array, from: number, words: Uint32Array, to: number): void {
  for (let pair = 0; pair < GROUPS / 2; pair++) {
    for (let index = 0; index < 8; index++) {
      const word = wordAt(bytes, from + pair * 32 + index * 4);
      words[to + pair * 16 + index] = subtractLanes(word & 0x0f0f0f0f, 0x08080808);
      words[to + pair * 16 + 8 + index] = subtractLanes((word >>> 4) & 0x0f0f0f0f, 0x08080808);
    }
  }
}
