// TQ2_0 blocks, 66 bytes for 256 elements: 64 bytes of two-bit codes, then the f16 scale d; value = d * (code - 1).
// Element e lies in byte 32 * (e >> 7) + (e & 31), at bit 2 * ((e >> 5) & 3). Layout as ggml/src/ggml-quants.c.

import { f16ToF32Table, f32ToF16, roundTiesAway } from '../../util/float16.ts';
import type { CodedRows } from '../format.ts';

/** Elements per block. */
export const TQ2_0_BLOCK_ELEMENTS = 256;
/** Bytes per block. */
export const TQ2_0_BLOCK_BYTES = 66;

const CODE_BYTES = 64;

/**
 * Codes (-1, 0, 1) and scales of whole blocks.
 * @returns null when some code is 3, which no ternary encoder writes
 */
export function decodeTq2_0(bytes: Uint8Array): CodedRows | null {
  const blocks = bytes.length / TQ2_0_BLOCK_BYTES;
  const codes = new Int8Array(blocks * TQ2_0_BLOCK_ELEMENTS);
  const scales = new Float32Array(blocks);
  const table = f16ToF32Table();
  let invalid = 0;
  for (let block = 0, at = 0; block < blocks; block++, at += TQ2_0_BLOCK_BYTES) {
    scales[block] = table[bytes[at + CODE_BYTES] | (bytes[at + CODE_BYTES + 1] << 8)];
    for (let half = 0; half < 2; half++) {
      const from = at + 32 * half;
      const to = block * TQ2_0_BLOCK_ELEMENTS + 128 * half;
      for (let index = 0; index < 32; index++) {
        const packed = bytes[from + index];
        invalid |= packed & (packed >> 1) & 0x55;
        codes[to + index] = (packed & 3) - 1;
        codes[to + index + 32] = ((packed >> 2) & 3) - 1;
        codes[to + index + 64] = ((packed >> 4) & 3) - 1;
        codes[to + index + 96] = (packed >> 6) - 1;
      }
    }
  }
  return invalid === 0 ? { codes, scales } : null;
}

/** Blocks of values (a multiple of 256); d = max|x| of the block, rounded to f16 after its reciprocal was formed. */
export function encodeTq2_0(values: Float32Array): Uint8Array {
  const blocks = values.length / TQ2_0_BLOCK_ELEMENTS;
  const bytes = new Uint8Array(blocks * TQ2_0_BLOCK_BYTES);
  for (let block = 0, at = 0; block < blocks; block++, at += TQ2_0_BLOCK_BYTES) {
    const first = block * TQ2_0_BLOCK_ELEMENTS;
    let largest = 0;
    for (let index = 0; index < TQ2_0_BLOCK_ELEMENTS; index++) {
      largest = Math.max(largest, Math.abs(values[first + index]));
    }
    const inverse = largest === 0 ? 0 : Math.fround(1 / largest);
    for (let index = 0; index < TQ2_0_BLOCK_ELEMENTS; index++) {
      const code = roundTiesAway(Math.fround(values[first + index] * inverse)) + 1;
      bytes[at + 32 * (index >> 7) + (index & 31)] |= code << (2 * ((index >> 5) & 3));
    }
    const half = f32ToF16(largest);
    bytes[at + CODE_BYTES] = half & 0xff;
    bytes[at + CODE_BYTES + 1] = half >>> 8;
  }
  return bytes;
}
