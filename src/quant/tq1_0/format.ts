// TQ1_0 (ggml type 34): ternary codes in base 3 with an f16 scale for each 256 columns.

import { defineBlockFormat } from '../block-format.ts';
import { decodeTq1_0, TQ1_0_BLOCK_BYTES, TQ1_0_BLOCK_ELEMENTS } from './codec.ts';

/** TQ1_0 tensors; readers have kind 'ternary' and groups of 256. */
export const tq1_0Format = defineBlockFormat({
  name: 'TQ1_0',
  ggmlType: 34,
  kind: 'ternary',
  blockElements: TQ1_0_BLOCK_ELEMENTS,
  blockBytes: TQ1_0_BLOCK_BYTES,
  groupSize: TQ1_0_BLOCK_ELEMENTS,
  decode: decodeTq1_0,
});
