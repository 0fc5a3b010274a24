// Q2_0 (ggml type 42): ternary codes with an f16 scale for each 64 columns (ggml) or 128 (early PrismML files).
// Only the size of a tensor tells the two apart; src/gguf/tensor-info.ts finds it.

import { defineBlockFormat } from '../block-format.ts';
import type { QuantFormat } from '../format.ts';
import { decodeQ2_0, type Q2_0GroupSize, q2_0BlockBytes } from './codec.ts';

/** Q2_0 tensors in groups of 64; readers have kind 'ternary' and refuse the code 3 ('bad-file'). */
export const q2_0Group64Format = defineQ2_0('Q2_0', 42, 64);

/** Q2_0 tensors in groups of 128, otherwise the same. */
export const q2_0Group128Format = defineQ2_0('Q2_0 (groups of 128)', 42, 128);

/** A format of two-bit ternary codes. */
export function defineQ2_0(name: string, ggmlType: number, groupSize: Q2_0GroupSize): QuantFormat {
  return defineBlockFormat({
    name,
    ggmlType,
    kind: 'ternary',
    blockElements: groupSize,
    blockBytes: q2_0BlockBytes(groupSize),
    groupSize,
    decode: (bytes) => decodeQ2_0(bytes, groupSize),
  });
}
