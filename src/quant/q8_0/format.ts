// Q8_0 (ggml type 8): int8 codes with an f16 scale for each 32 columns. Used for embeddings and heads.

import { defineBlockFormat } from '../block-format.ts';
import { decodeQ8_0, Q8_0_BLOCK_BYTES, Q8_0_BLOCK_ELEMENTS } from './codec.ts';

/** Q8_0 tensors; readers have kind 'int8' and groups of 32. */
export const q8_0Format = defineBlockFormat({
  name: 'Q8_0',
  ggmlType: 8,
  kind: 'int8',
  blockElements: Q8_0_BLOCK_ELEMENTS,
  blockBytes: Q8_0_BLOCK_BYTES,
  groupSize: Q8_0_BLOCK_ELEMENTS,
  decode: decodeQ8_0,
});
