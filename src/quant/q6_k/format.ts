// Q6_K (ggml type 14): six-bit codes with a scale for each 16 columns. Used for embeddings and heads.

import { defineBlockFormat } from '../block-format.ts';
import { decodeQ6_K, Q6_K_BLOCK_BYTES, Q6_K_BLOCK_ELEMENTS, Q6_K_GROUP_SIZE } from './codec.ts';

/** Q6_K tensors; readers have kind 'int8' and groups of 16. */
export const q6_kFormat = defineBlockFormat({
  name: 'Q6_K',
  ggmlType: 14,
  kind: 'int8',
  blockElements: Q6_K_BLOCK_ELEMENTS,
  blockBytes: Q6_K_BLOCK_BYTES,
  groupSize: Q6_K_GROUP_SIZE,
  decode: decodeQ6_K,
});
