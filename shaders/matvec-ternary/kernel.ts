// matvec-ternary: the linear layer of a ternary model for one token or a few (columns); int8 activations, i32 sums, one f32
// scale per row.
// Source of the arithmetic: BitNet b1.58 (arXiv 2402.17764). Params are shared with matmul-ternary.
import {
  columnsOf,
  defineKernel,
  foldGrid,
  joinShader,
  type KernelShape,
  type WorkgroupCounts,
} from '../../src/gpu/kernel.ts';
import { columnGroups, columnsPart } from '../common/product/column-groups.ts';
import lanes from '../common/product/lanes.wgsl?raw';
import { largestShuffleTeam, TEAM_WG_SIZE, teamGrid } from '../common/product/team-grid.ts';
import ternaryParams from '../common/product/ternary-params.wgsl?raw';
import p from '../layouts/p/load.wgsl?raw';
import t2Dp4a from '../layouts/t2/dp4a.wgsl?raw';
import t2 from '../layouts/t2/load.wgsl?raw';
import columns from './columns.wgsl?raw';
import naive from './naive.wgsl?raw';
import subgroup from './subgroup.wgsl?raw';
import workgroup from './workgroup.wgsl?raw';

const WG_SIZE = TEAM_WG_SIZE;

// Workgroups when teams of up to `limit` invocations stride over the cells of `rowsPerTeam` rows.
function cellGrid(shape: KernelShape, rowsPerTeam: number, limit: number): WorkgroupCounts {
  return teamGrid({ rows: shape.m, rowsPerTeam, pieces: shape.k / 64, limit, columns: columnsOf(shape) });
}

function subgroupGrid(shape: KernelShape, maxLanes = 32): WorkgroupCounts {
  return cellGrid(shape, 2, Math.min(maxLanes, largestShuffleTeam(shape)));
}

function columnGroupGrid(shape: KernelShape): WorkgroupCounts {
  return subgroupGrid({ ...shape, columns: columnGroups(shape) });
}

function workgroupGrid(shape: KernelShape): WorkgroupCounts {
  return cellGrid(shape, 4, WG_SIZE);
}

/**
 * out[C, M] (+)= q[C, K] W[M, K]^T * (q_scale[C] * row_scale[M]); every column has the same bits alone and beside others.
 * Shape: m, k (multiple of 64), accumulate (0 or 1), tokens C. Optional, for the grid only: columns, equal to tokens (default 1), subgroup_max, the
 * adapter's largest subgroup size (a power of two); without it the grid is as for 32, too large for CPU adapters.
 */
export const matvecTernary = defineKernel({
  name: 'matvec-ternary',
  bindings: [
    { name: 'w', access: 'read', shape: '[M, K/64] vec4u cells, layout T2 or P' },
    { name: 'row_scale', access: 'read', shape: '[M] f32' },
    {
      name: 'q',
      access: 'read',
      shape: '[C, K/4] u32: four int8 each; for layout P the bit planes [C, K/32, 8]',
    },
    { name: 'q_scale', access: 'read', shape: '[C] f32' },
    { name: 'out', access: 'read-write', shape: '[C, M] f32' },
  ],
  params: [
    { name: 'm', type: 'u32' },
    { name: 'k', type: 'u32' },
    { name: 'accumulate', type: 'u32' },
    { name: 'tokens', type: 'u32' },
  ],
  variants: [
    {
      name: 'dp4a-columns',
      code: joinShader(columns, columnsPart, lanes, ternaryParams, t2Dp4a),
      requires: ['subgroups', 'packed-dot'],
      layout: 'T2',
      sharesWeights: true,
      overrides: { WG_SIZE },
      workgroups: columnGroupGrid,
    },
    {
      name: 'bit-planes-columns',
      code: joinShader(columns, columnsPart, lanes, ternaryParams, p),
      requires: ['subgroups'],
      layout: 'P',
      sharesWeights: true,
      overrides: { WG_SIZE },
      workgroups: columnGroupGrid,
    },
    {
      name: 'dp4a-lanes',
      code: joinShader(subgroup, lanes, ternaryParams, t2Dp4a),
      requires: ['subgroups', 'packed-dot'],
      cpuOnly: true,
      layout: 'T2',
      overrides: { WG_SIZE, MAX_LANES: 1 },
      workgroups: (shape) => subgroupGrid(shape, 1),
    },
    {
      name: 'bit-planes-lanes',
      code: joinShader(subgroup, lanes, ternaryParams, p),
      requires: ['subgroups'],
      cpuOnly: true,
      layout: 'P',
      overrides: { WG_SIZE, MAX_LANES: 1 },
      workgroups: (shape) => subgroupGrid(shape, 1),
    },
    {
      name: 'dp4a-subgroup',
      code: joinShader(subgroup, lanes, ternaryParams, t2Dp4a),
      requires: ['subgroups', 'packed-dot'],
      layout: 'T2',
      overrides: { WG_SIZE },
      workgroups: (shape) => subgroupGrid(shape),
    },
    {
      name: 'dp4a',
      code: joinShader(workgroup, ternaryParams, t2Dp4a),
      requires: ['packed-dot'],
      layout: 'T2',
      workgroups: workgroupGrid,
    },
    {
      name: 'bit-planes-subgroup',
      code: joinShader(subgroup, lanes, ternaryParams, p),
      requires: ['subgroups'],
      layout: 'P',
      overrides: { WG_SIZE },
      workgroups: (shape) => subgroupGrid(shape),
    },
    {
      name: 'bit-planes',
      code: joinShader(workgroup, ternaryParams, p),
      requires: [],
      layout: 'P',
      workgroups: workgroupGrid,
    },
    {
      name: 'naive',
      code: joinShader(naive, ternaryParams, t2),
      requires: [],
      layout: 'T2',
      workgroups: (shape) => foldGrid(Math.ceil(shape.m / 64), columnsOf(shape)),
    },
  ],
});
