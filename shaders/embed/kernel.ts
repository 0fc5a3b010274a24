// embed: rows of the embedding table by token id, from one shard of the table (one dispatch per shard).
import { defineKernel, joinShader, type KernelVariant, wasmVariant } from '../../src/gpu/kernel.ts';
import { CELL_PARTS, type CellParts } from '../layouts/cell-parts.ts';
import naive from './naive.wgsl?raw';

function variant({ name: layout, load }: CellParts): KernelVariant {
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
 * Shape: k (a multiple of 16 and of a cell), group (columns per scale: a multiple of 16 that divides k), first_row,
 * row_count, minima (1: row_min, added after the scale, is read; 0: row_min may be any buffer),
 * accumulate (1: add to out), tokens (at most 65 535).
 */
export const embed = defineKernel({
  name: 'embed',
  bindings: [
    { name: 'ids', access: 'read', shape: '[T] u32' },
    { name: 'w', access: 'read', shape: '[row_count, cells] vec4u, layout F32, F16, W8, W4, T2 or B1' },
    { name: 'row_scale', access: 'read', shape: '[row_count, K/group] f32; ones for F16 and F32' },
    { name: 'row_min', access: 'read', shape: '[row_count, K/group] f32 if minima is 1, else anything' },
    { name: 'out', access: 'read-write', shape: '[T, K] f32' },
  ],
  params: [
    { name: 'k', type: 'u32' },
    { name: 'group', type: 'u32' },
    { name: 'first_row', type: 'u32' },
    { name: 'row_count', type: 'u32' },
    { name: 'minima', type: 'u32' },
    { name: 'accumulate', type: 'u32' },
    { name: 'tokens', type: 'u32' },
  ],
  variants: [
    ...CELL_PARTS.map(({ name: layout }) =>
      wasmVariant({ name: `embed${layout}` }, () => [1, 1, 1], { layout }),
    ),
    ...CELL_PARTS.map(variant),
  ],
});
