// matvec-ternary-columns: matvec-ternary for a few columns that share the loads and the unpacking of the weights. The sums are
// integers, so every column has the bits of matvec-ternary. Params and bindings are the same.
import {
  columnsOf,
  defineKernel,
  joinShader,
  type KernelShape,
  type WorkgroupCounts,
} from '../../src/gpu/kernel.ts';
import { columnsPart, COLUMNS_PER_GROUP } from '../common/product/column-groups.ts';
import lanes from '../common/product/lanes.wgsl?raw';
import { largestShuffleTeam, TEAM_WG_SIZE, teamGrid } from '../common/product/team-grid.ts';
import ternaryParams from '../common/product/ternary-params.wgsl?raw';
import p from '../layouts/p/load.wgsl?raw';
import t2Dp4a from '../layouts/t2/dp4a.wgsl?raw';
import subgroup from './subgroup.wgsl?raw';

const WG_SIZE = TEAM_WG_SIZE;

function grid(shape: KernelShape, limit: number): WorkgroupCounts {
  const columns = Math.ceil(columnsOf(shape) / COLUMNS_PER_GROUP);
  return teamGrid({ rows: shape.m, rowsPerTeam: 2, pieces: shape.k / 64, limit, columns });
}

const parts = [subgroup, columnsPart, lanes, ternaryParams];

/**
 * out[C, M] (+)= q[C, K] W[M, K]^T * (q_scale[C] * row_scale[M]).
 * Shape: m, k (multiple of 64), accumulate (0 or 1), tokens C, and for the grid columns, equal to tokens, and subgroup_max as
 * for matvec-ternary.
 */
export const matvecTernaryColumns = defineKernel({
  name: 'matvec-ternary-columns',
  bindings: [
    { name: 'w', access: 'read', shape: '[M, K/64] vec4u cells, layout T2 or P' },
    { name: 'row_scale', access: 'read', shape: '[M] f32' },
    { name: 'q', access: 'read', shape: '[C, K/4] u32: four int8 each; for layout P the bit planes [C, K/32, 8]' },
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
      name: 'dp4a-lanes',
      code: joinShader(...parts, t2Dp4a),
      requires: ['subgroups', 'packed-dot'],
      cpuOnly: true,
      layout: 'T2',
      overrides: { WG_SIZE, MAX_LANES: 1 },
      workgroups: (shape) => grid(shape, 1),
    },
    {
      name: 'bit-planes-lanes',
      code: joinShader(...parts, p),
      requires: ['subgroups'],
      cpuOnly: true,
      layout: 'P',
      overrides: { WG_SIZE, MAX_LANES: 1 },
      workgroups: (shape) => grid(shape, 1),
    },
    {
      name: 'dp4a-subgroup',
      code: joinShader(...parts, t2Dp4a),
      requires: ['subgroups', 'packed-dot'],
      layout: 'T2',
      overrides: { WG_SIZE },
      workgroups: (shape) => grid(shape, largestShuffleTeam(shape)),
    },
    {
      name: 'bit-planes-subgroup',
      code: joinShader(...parts, p),
      requires: ['subgroups'],
      layout: 'P',
      overrides: { WG_SIZE },
      workgroups: (shape) => grid(shape, largestShuffleTeam(shape)),
    },
  ],
});
