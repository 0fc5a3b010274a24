// Q4_0 (ggml type 2): four-bit codes with an f16 scale for each 32 columns.

import { defineBlockFormat } from '../block-format.ts';
import { decodeQ4_0, Q4_0_BLOCK_BYTES, Q4_0_BLOCK_ELEMENTS } from './codec.ts';

/** Q4_0 tensors; readers have kind 'int4' and groups of 32. */
export const q4_0Format = defineBlockFormat({
  name: 'Q4_0',
  ggmlType: 2,
  kind: 'int4',
  blockElements: Q4_0_BLOCK_ELEMENTS,
  blockBytes: Q4_0_BLOCK_BYTES,
  groupSize: Q4_0_BLOCK_ELEMENTS,
  decode: decodeQ4_0,
});
