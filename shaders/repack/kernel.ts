// repack: bytes of a storage format to cells of a device layout, with scales and minima: runs at load only.
// One variant per pair of storage format and layout.
import { defineKernel, foldGrid, joinShader, type KernelVariant } from '../../src/gpu/kernel.ts';
import { CODED_STORAGE, type CodedStoragePart } from '../common/storage/formats.ts';
import { CELL_PACKS, type CellPack } from '../layouts/cell-packs.ts';
import naive from './naive.wgsl?raw';

/** The `layout` of the variant that turns a storage format into a device layout. */
export function repackPair(storage: Pick<CodedStoragePart, 'id'>, layout: string): string {
  return `${storage.id} to ${layout}`;
}

function variant(storage: CodedStoragePart, { name: layout, cellColumns, pack }: CellPack): KernelVariant {
  const check = `const IS_TERNARY = ${storage.layouts.includes('T2')};`;
  return {
    name: `naive-${storage.id}-${layout.toLowerCase()}`,
    code: joinShader(naive, check, storage.code, pack),
    requires: [],
    layout: repackPair(storage, layout),
    workgroups: (shape) => foldGrid(Math.ceil((shape.rows * (shape.k / cellColumns)) / 64)),
  };
}

/**
 * Rows [cell_row, cell_row + rows) of cells, and rows [scale_row, scale_row + rows) of scales and minima; nothing else is
 * written. Bit for bit what src/quant and the packers of shaders/layouts give, for finite scales.
 * Shape: k (a multiple of a block and a cell), rows, cell_row, scale_row, flag.
 */
export const repack = defineKernel({
  name: 'repack',
  bindings: [
    { name: 'raw', access: 'read', shape: 'bytes of the rows, padded to u32' },
    { name: 'cells', access: 'read-write', shape: '[.., K/cell] vec4u, layout T2, P, B1, W4 or W8' },
    { name: 'scales', access: 'read-write', shape: '[.., K/group] f32; untouched for I2_S' },
    { name: 'minima', access: 'read-write', shape: '[.., K/group] f32; untouched without minima' },
    { name: 'flags', access: 'read-write', shape: 'u32 per tensor: bit 0 set if a ternary code is 3' },
  ],
  params: [
    { name: 'k', type: 'u32' },
    { name: 'rows', type: 'u32' },
    { name: 'cell_row', type: 'u32' },
    { name: 'scale_row', type: 'u32' },
    { name: 'flag', type: 'u32' },
  ],
  variants: CODED_STORAGE.flatMap((storage) =>
    CELL_PACKS.filter(({ name }) => storage.layouts.includes(name)).map((pack) => variant(storage, pack)),
  ),
});
