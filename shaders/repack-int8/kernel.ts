// repack-int8: a tensor in a storage format to layout W8 with one scale per row; after repack-absmax.
import { defineKernel, foldGrid, joinShader } from '../../src/gpu/kernel.ts';
import { VALUE_STORAGE } from '../common/storage/formats.ts';
import naive from './naive.wgsl?raw';

/**
 * Rows [first_row, first_row + rows) of cells and scales, bit for bit as quantizeRowsToInt8 for finite values.
 * Shape: k (a multiple of 16 and of a block), rows, row_bytes, first_row. One variant per storage format, named by its
 * `layout`.
 */
export const repackInt8 = defineKernel({
  name: 'repack-int8',
  bindings: [
    { name: 'raw', access: 'read', shape: 'bytes of the rows, padded to u32' },
    { name: 'peak', access: 'read', shape: '[rows] f32 from repack-absmax' },
    { name: 'cells', access: 'read-write', shape: '[.., K/16] vec4u, layout W8' },
    { name: 'scales', access: 'read-write', shape: '[..] f32' },
  ],
  params: [
    { name: 'k', type: 'u32' },
    { name: 'rows', type: 'u32' },
    { name: 'row_bytes', type: 'u32' },
    { name: 'first_row', type: 'u32' },
  ],
  variants: VALUE_STORAGE.map(({ id, code }) => ({
    name: `naive-${id}`,
    code: joinShader(naive, code),
    requires: [],
    layout: id,
    workgroups: (shape) => foldGrid(Math.ceil((shape.rows * (shape.k / 16)) / 64)),
  })),
});
