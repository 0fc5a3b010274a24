// I2_S codes: 32 bytes hold 128 elements; byte p has the elements p, 32 + p, 64 + p, 96 + p from its high bits down.
// The standard layout of bitnet.cpp (x86 with ACT_PARALLEL, and its Python converters). Code 0, 1, 2 = -1, 0, +1.

import { alignedBytes } from '../location.ts';

/** Elements per 32-byte block of codes. */
export const I2_S_BLOCK_ELEMENTS = 128;
/** Bytes after the codes: the f32 scale and 28 bytes that readers ignore. */
export const I2_S_TRAILER_BYTES = 32;

const WORDS_PER_BLOCK = 8;

/**
 * Codes (-1, 0, 1) of whole blocks (a multiple of 32 bytes).
 * @returns null when some code is 3, which is invalid
 */
export function decodeI2s(bytes: Uint8Array): Int8Array | null {
  const aligned = alignedBytes(bytes, 4);
  const packed = new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
  const codes = new Int8Array(bytes.length * 4);
  const words = new Uint32Array(codes.buffer);
  let invalid = 0;
  // Four bytes at a time; the set top bit keeps the subtraction of 1 inside each byte.
  for (let block = 0; block < packed.length; block += WORDS_PER_BLOCK) {
    for (let index = 0; index < WORDS_PER_BLOCK; index++) {
      const word = packed[block + index];
      const at = block * 4 + index;
      invalid |= word & (word >>> 1) & 0x55555555;
      words[at] = ((((word >>> 6) & 0x03030303) | 0x80808080) - 0x01010101) ^ 0x80808080;
      words[at + 8] = ((((word >>> 4) & 0x03030303) | 0x80808080) - 0x01010101) ^ 0x80808080;
      words[at + 16] = ((((word >>> 2) & 0x03030303) | 0x80808080) - 0x01010101) ^ 0x80808080;
      words[at + 24] = (((word & 0x03030303) | 0x80808080) - 0x01010101) ^ 0x80808080;
    }
  }
  return invalid === 0 ? codes : null;
}

/** Packed bytes of codes -1, 0, 1 (a multiple of 128). */
export function encodeI2s(codes: Int8Array): Uint8Array {
  const bytes = new Uint8Array(codes.length / 4);
  for (let at = 0; at < bytes.length; at++) {
    const first = (at >> 5) * I2_S_BLOCK_ELEMENTS + (at & 31);
    bytes[at] =
      ((codes[first] + 1) << 6) |
      ((codes[first + 32] + 1) << 4) |
      ((codes[first + 64] + 1) << 2) |
      (codes[first + 96] + 1);
  }
  return bytes;
}

/** The 32 bytes after the codes: the scale as f32, then zeros. */
export function encodeI2sTrailer(scale: number): Uint8Array {
  const trailer = new Uint8Array(I2_S_TRAILER_BYTES);
  new DataView(trailer.buffer).setFloat32(0, scale, true);
  return trailer;
}
