// matvec-outlier: a linear layer of few-bit codes with some input channels in int8 beside them, for one token.
// One dispatch for both: gathering the activations of the outliers costs less than a dispatch that would do it.
import {
  columnsOf,
  defineKernel,
  foldGrid,
  joinShader,
  type KernelShape,
  type KernelVariant,
  wasmVariant,
} from '../../src/gpu/kernel.ts';
import dotCore from '../common/product/dot-core.wgsl?raw';
import dotPacked from '../common/product/dot-packed.wgsl?raw';
import int8 from '../common/product/int8.wgsl?raw';
import lanes from '../common/product/lanes.wgsl?raw';
import { largestShuffleTeam, TEAM_WG_SIZE, teamGrid } from '../common/product/team-grid.ts';
import { CELL_BYTES, type CellBytes } from '../layouts/cell-bytes.ts';
import dot4Core from './dot4-core.wgsl?raw';
import dot4Packed from './dot4-packed.wgsl?raw';
import naive from './naive.wgsl?raw';
import ownRows from './own-rows.wgsl?raw';
import rows from './rows.wgsl?raw';
import subgroup from './subgroup.wgsl?raw';
import workgroup from './workgroup.wgsl?raw';

const WG_SIZE = TEAM_WG_SIZE;
const ROWS = 4;

// Workgroups when teams of up to `limit` invocations stride over the cells of ROWS rows.
function cellGrid(shape: KernelShape, { cellColumns }: CellBytes, limit: number) {
  return teamGrid({
    rows: shape.m,
    rowsPerTeam: ROWS,
    pieces: shape.k / cellColumns,
    limit,
    columns: columnsOf(shape),
  });
}

function variantsOf(layout: CellBytes): { readonly [technique: string]: KernelVariant } {
  const suffix = layout.name.toLowerCase();
  const sharesByQuads = layout.cellColumns >= 64;
  return {
    // Every invocation has rows of its own: all lanes gather the same activations, which a CPU loads once, or by quads.
    lanes: {
      name: `lanes-${suffix}`,
      code: sharesByQuads
        ? joinShader(ownRows, dotPacked, dot4Packed, rows, layout.load)
        : joinShader(subgroup, lanes, dotPacked, dot4Packed, rows, layout.load),
      requires: ['subgroups', 'packed-dot'],
      cpuOnly: true,
      layout: layout.name,
      overrides: sharesByQuads ? { WG_SIZE } : { WG_SIZE, MAX_LANES: 1 },
      workgroups: (shape) => cellGrid(shape, layout, 1),
    },
    subgroup: {
      name: `subgroup-${suffix}`,
      code: joinShader(subgroup, lanes, dotPacked, dot4Packed, rows, layout.load),
      requires: ['subgroups', 'packed-dot'],
      layout: layout.name,
      overrides: { WG_SIZE },
      workgroups: (shape) => cellGrid(shape, layout, largestShuffleTeam(shape)),
    },
    workgroup: {
      name: `workgroup-${suffix}`,
      code: joinShader(workgroup, dotPacked, dot4Packed, rows, layout.load),
      requires: ['packed-dot'],
      layout: layout.name,
      barrierHeavy: true,
      workgroups: (shape) => cellGrid(shape, layout, WG_SIZE),
    },
    naive: {
      name: `naive-${suffix}`,
      code: joinShader(naive, int8, dotCore, dot4Core, rows, layout.load),
      requires: [],
      layout: layout.name,
      workgroups: (shape) => foldGrid(Math.ceil(shape.m / (64 * ROWS)), columnsOf(shape)),
    },
  };
}

const BY_LAYOUT = CELL_BYTES.map(variantsOf);

/**
 * out[first_row + m] (+)= sum over k of scale * W[m, k] * x[k] + outlier_scale[m] * sum over j of outlier_w[m, j] *
 * x[outlier_index[j]], with x[k] = q_scale * q[k] by the group of k and the block of k, as in matvec-int8. Sums of codes
 * within a cell, a group and a block are exact integers, and so is the sum of up to 1024 outliers when block is k.
 * Shape: m (rows of this shard), k (a multiple of 64 and of a cell), group and block (columns per scale: multiples of 16
 * that divide k), first_row, stride (from one column of out to the next), accumulate (1: add to out), outliers (a multiple
 * of 4), columns C (default 1). Override ONE_SCALE: 1 where group and block are k, which is faster. Optional, for the grid only:
 * subgroup_max, as for matvec-ternary.
 */
export const matvecOutlier = defineKernel({
  name: 'matvec-outlier',
  bindings: [
    { name: 'w', access: 'read', shape: '[M, cells] vec4u, layout W8, W4, T2 or B1' },
    { name: 'row_scale', access: 'read', shape: '[M, K/group] f32' },
    { name: 'q', access: 'read', shape: '[K/4] u32: four int8 each' },
    { name: 'q_scale', access: 'read', shape: '[K/block] f32' },
    { name: 'outlier_w', access: 'read', shape: '[M, outliers/4] u32: four int8 each' },
    { name: 'outlier_scale', access: 'read', shape: '[M] f32' },
    { name: 'outlier_index', access: 'read', shape: '[outliers] u32, below K' },
    { name: 'out', access: 'read-write', shape: '[rows of all shards] f32' },
  ],
  params: [
    { name: 'm', type: 'u32' },
    { name: 'k', type: 'u32' },
    { name: 'group', type: 'u32' },
    { name: 'block', type: 'u32' },
    { name: 'first_row', type: 'u32' },
    { name: 'stride', type: 'u32' },
    { name: 'accumulate', type: 'u32' },
    { name: 'outliers', type: 'u32' },
  ],
  variants: [
    ...CELL_BYTES.map(({ name: layout }) =>
      wasmVariant({ name: `matvecOutlier${layout}`, shared: true }, (shape) => [columnsOf(shape), 1, 1], {
        layout,
        overrides: { ONE_SCALE: 0 },
      }),
    ),
    ...['lanes', 'subgroup', 'workgroup', 'naive'].flatMap((technique) =>
      BY_LAYOUT.map((variants) => variants[technique]),
    ),
  ],
});
