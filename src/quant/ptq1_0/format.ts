// PTQ1_0 (type 143 of PrismML's fork): ternary codes in base 3 with an f16 scale for each 128 columns.

import { defineBlockFormat } from '../block-format.ts';
import { decodePtq1_0, PTQ1_0_BLOCK_BYTES, PTQ1_0_BLOCK_ELEMENTS } from './codec.ts';

/** PTQ1_0 tensors; readers have kind 'ternary' and groups of 128. */
export const ptq1_0Format = defineBlockFormat({
  name: 'PTQ1_0',
  ggmlType: 143,
  kind: 'ternary',
  blockElements: PTQ1_0_BLOCK_ELEMENTS,
  blockBytes: PTQ1_0_BLOCK_BYTES,
  groupSize: PTQ1_0_BLOCK_ELEMENTS,
  decode: decodePtq1_0,
});
