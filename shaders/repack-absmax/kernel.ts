// repack-absmax: the largest magnitude of each row of a tensor in a storage format; first half of repack-int8.
import { defineKernel, foldGrid, joinShader } from '../../src/gpu/kernel.ts';
import { VALUE_STORAGE } from '../common/storage/formats.ts';
import naive from './naive.wgsl?raw';

/**
 * peak[row] = max(peak[row], bits of the f32 max |value|), exactly. Shape: k (a multiple of 4 and of a block), rows,
 * row_bytes. One variant per storage format, named by its `layout`.
 */
export const repackAbsmax = defineKernel({
  name: 'repack-absmax',
  bindings: [
    { name: 'raw', access: 'read', shape: 'bytes of the rows, padded to u32' },
    { name: 'peak', access: 'read-write', shape: '[rows] f32; cleared before' },
  ],
  params: [
    { name: 'k', type: 'u32' },
    { name: 'rows', type: 'u32' },
    { name: 'row_bytes', type: 'u32' },
  ],
  variants: VALUE_STORAGE.map(({ id, code }) => ({
    name: `naive-${id}`,
    code: joinShader(naive, code),
    requires: [],
    layout: id,
    workgroups: (shape) => foldGrid(Math.ceil((shape.rows * Math.ceil(shape.k / 64)) / 64)),
  })),
});
