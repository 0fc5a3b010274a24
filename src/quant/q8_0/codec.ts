// Q8_0 blocks, 34 bytes for 32 elements: f16 scale d, then 32 i8 codes; value = d * code.
// Layout and rounding as ggml/src/ggml-quants.c.

import { f16ToF32Table, f32ToF16 } from '../../util/float16.ts';
import type { CodedRows } from '../format.ts';

/** Elements per block. */
export const Q8_0_BLOCK_ELEMENTS = 32;
/** Bytes per block. */
export const Q8_0_BLOCK_BYTES = 34;

/** Codes and scales of whole blocks. */
export function decodeQ8_0(bytes: Uint8Array): CodedRows {
  const blocks = bytes.length / Q8_0_BLOCK_BYTES;
  const signed = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const codes = new Int8Array(blocks * Q8_0_BLOCK_ELEMENTS);
  const scales = new Float32Array(blocks);
  const table = f16ToF32Table();
  for (let block = 0, at = 0; block < blocks; block++, at += Q8_0_BLOCK_BYTES) {
    scales[block] = table[bytes[at] | (bytes[at + 1] << 8)];
    const first = block * Q8_0_BLOCK_ELEMENTS;
    for (let index = 0; index < Q8_0_BLOCK_ELEMENTS; index++) codes[first + index] = signed[at + 2 + index];
  }
  return { codes, scales };
}

/** Blocks of values (a multiple of 32). The scale is rounded to f16 after its reciprocal was formed, as ggml does. */
export function encodeQ8_0(values: Float32Array): Uint8Array {
  const blocks = values.length / Q8_0_BLOCK_ELEMENTS;
  const bytes = new Uint8Array(blocks * Q8_0_BLOCK_BYTES);
  for (let block = 0, at = 0; block < blocks; block++, at += Q8_0_BLOCK_BYTES) {
    const first = block * Q8_0_BLOCK_ELEMENTS;
    let largest = 0;
    for (let index = 0; index < Q8_0_BLOCK_ELEMENTS; index++) {
      largest = Math.max(largest, Math.abs(values[first + index]));
    }
    const scale = Math.fround(largest / 127);
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    const half = f32ToF16(scale);
    bytes[at] = half & 0xff;
    bytes[at + 1] = half >>> 8;
    for (let index = 0; index < Q8_0_BLOCK_ELEMENTS; index++) {
      // Ties away from zero: an f32 and a half add exactly in f64, and the store truncates.
      const scaled = Math.fround(values[first + index] * inverse);
      bytes[at + 2 + index] = scaled < 0 ? scaled - 0.5 : scaled + 0.5;
    }
  }
  return bytes;
}
