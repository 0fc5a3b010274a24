// Q4_K (ggml type 12): four-bit codes with a scale and a minimum for each 32 columns.

import { defineBlockFormat } from '../block-format.ts';
import {
  decodeQ4_K,
  decodeQ4_KFloats,
  Q4_K_BLOCK_BYTES,
  Q4_K_BLOCK_ELEMENTS,
  Q4_K_GROUP_SIZE,
} from './codec.ts';

/** Q4_K tensors; readers have kind 'int4', groups of 32, and minima rounded once to f32 (readFloats is exact). */
export const q4_kFormat = defineBlockFormat({
  name: 'Q4_K',
  ggmlType: 12,
  kind: 'int4',
  blockElements: Q4_K_BLOCK_ELEMENTS,
  blockBytes: Q4_K_BLOCK_BYTES,
  groupSize: Q4_K_GROUP_SIZE,
  decode: decodeQ4_K,
  decodeFloats: decodeQ4_KFloats,
});
