// Ternary and binary values in Q4_0 and Q8_0. ggml's rounding scales the largest value to the end of the code range,
// where +s and -s have no codes of the same size; a block of -s, 0 and +s keeps its values with scale s and codes -1, 0, 1.

import { storeHalf } from '../quant/byte-lanes.ts';
import { Q4_0_BLOCK_BYTES, Q4_0_BLOCK_ELEMENTS } from '../quant/q4_0/codec.ts';
import { Q8_0_BLOCK_BYTES, Q8_0_BLOCK_ELEMENTS } from '../quant/q8_0/codec.ts';
import { f32ToF16 } from '../util/float16.ts';
import { findMagnitude } from './magnitudes.ts';

const NIBBLE_ZERO = 8;

/** Rewrites the blocks of `bytes` (the Q4_0 encoding of `values`) that hold one magnitude only; returns `bytes`. */
export function encodeSmallCodesQ4_0(values: Float32Array, bytes: Uint8Array): Uint8Array {
  for (let first = 0, at = 0; first < values.length; first += Q4_0_BLOCK_ELEMENTS, at += Q4_0_BLOCK_BYTES) {
    const scale = findMagnitude(values, first, first + Q4_0_BLOCK_ELEMENTS);
    if (scale === null || scale === 0) continue;
    storeHalf(bytes, at, f32ToF16(scale));
    for (let index = 0; index < Q4_0_BLOCK_ELEMENTS / 2; index++) {
      const low = NIBBLE_ZERO + Math.sign(values[first + index]);
      const high = NIBBLE_ZERO + Math.sign(values[first + Q4_0_BLOCK_ELEMENTS / 2 + index]);
      bytes[at + 2 + index] = low | (high << 4);
    }
  }
  return bytes;
}

/** The same for Q8_0. */
export function encodeSmallCodesQ8_0(values: Float32Array, bytes: Uint8Array): Uint8Array {
  for (let first = 0, at = 0; first < values.length; first += Q8_0_BLOCK_ELEMENTS, at += Q8_0_BLOCK_BYTES) {
    const scale = findMagnitude(values, first, first + Q8_0_BLOCK_ELEMENTS);
    if (scale === null || scale === 0) continue;
    storeHalf(bytes, at, f32ToF16(scale));
    for (let index = 0; index < Q8_0_BLOCK_ELEMENTS; index++) {
      bytes[at + 2 + index] = Math.sign(values[first + index]);
    }
  }
  return bytes;
}
