// repack-row-scales: one scale per row from formats that store the same one in every block.
import { defineKernel, foldGrid } from '../../src/gpu/kernel.ts';
import naive from './naive.wgsl?raw';

/**
 * row_scale[first_row + row] = the scale of the row's groups; all-zero blocks have the scale 0 and do not count.
 * Shape: groups, rows, first_row, flag.
 */
export const repackRowScales = defineKernel({
  name: 'repack-row-scales',
  bindings: [
    { name: 'scales', access: 'read', shape: '[rows, groups] f32' },
    { name: 'row_scale', access: 'read-write', shape: '[..] f32' },
    { name: 'flags', access: 'read-write', shape: 'u32 per tensor: bit 1 set if the scales of a row differ' },
  ],
  params: [
    { name: 'groups', type: 'u32' },
    { name: 'rows', type: 'u32' },
    { name: 'first_row', type: 'u32' },
    { name: 'flag', type: 'u32' },
  ],
  variants: [
    {
      name: 'naive',
      code: naive,
      requires: [],
      workgroups: (shape) => foldGrid(Math.ceil(shape.rows / 64)),
    },
  ],
});
