// TQ2_0 (ggml type 35): ternary codes with an f16 scale for each 256 columns.

import { defineBlockFormat } from '../block-format.ts';
import { decodeTq2_0, TQ2_0_BLOCK_BYTES, TQ2_0_BLOCK_ELEMENTS } from './codec.ts';

/** TQ2_0 tensors; readers have kind 'ternary' and groups of 256, and refuse the code 3 ('bad-file'). */
export const tq2_0Format = defineBlockFormat({
  name: 'TQ2_0',
  ggmlType: 35,
  kind: 'ternary',
  blockElements: TQ2_0_BLOCK_ELEMENTS,
  blockBytes: TQ2_0_BLOCK_BYTES,
  groupSize: TQ2_0_BLOCK_ELEMENTS,
  decode: decodeTq2_0,
});
