// Q1_0 (ggml type 41): signs with an f16 scale for each 128 columns.

import { defineBlockFormat } from '../block-format.ts';
import { decodeQ1_0, Q1_0_BLOCK_BYTES, Q1_0_BLOCK_ELEMENTS } from './codec.ts';

/** Q1_0 tensors; readers have kind 'binary' and groups of 128. */
export const q1_0Format = defineBlockFormat({
  name: 'Q1_0',
  ggmlType: 41,
  kind: 'binary',
  blockElements: Q1_0_BLOCK_ELEMENTS,
  blockBytes: Q1_0_BLOCK_BYTES,
  groupSize: Q1_0_BLOCK_ELEMENTS,
  decode: decodeQ1_0,
});
