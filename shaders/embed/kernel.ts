// embed: rows of the embedding table by token id, from one shard of the table (one dispatch per shard).
import { defineKernel, joinShader, type KernelVariant } from '../../src/gpu/kernel.ts';
import f16 from '../layouts/f16/load.wgsl?raw';
import f32 from '../layouts/f32/load.wgsl?raw';
import w8 from '../layouts/w8/load.wgsl?raw';
import naive from './naive.wgsl?raw';

function variant(layout: string, load: string): KernelVariant {
  return {
    name: `naive-${layout.toLowerCase()}`,
    code: joinShader(naive, load),
    requires: [],
    layout,
    workgroups: (shape) => [shape.tokens, 1, 1],
  };
}

/**
 * out[T, K] = table[id] for ids in [first_row, first_row + row_count); other tokens are left alone.
 * Shape: k (multiple of 16), group (columns per scale, multiple of 16, divides k), first_row, row_count, tokens (at most 65 535).
 */
export const embed = defineKernel({
  name: 'embed',
  bindings: [
    { name: 'ids', access: 'read', shape: '[T] u32' },
    { name: 'w', access: 'read', shape: '[row_count, cells] vec4u, layout W8, F16 or F32' },
    { name: 'row_scale', access: 'read', shape: '[row_count, K/group] f32; ones for F16 and F32' },
    { name: 'out', access: 'read-write', shape: '[T, K] f32' },
  ],
  params: [
    { name: 'k', type: 'u32' },
    { name: 'group', type: 'u32' },
    { name: 'first_row', type: 'u32' },
    { name: 'row_count', type: 'u32' },
    { name: 'tokens', type: 'u32' },
  ],
  variants: [variant('W8', w8), variant('F16', f16), variant('F32', f32)],
});
