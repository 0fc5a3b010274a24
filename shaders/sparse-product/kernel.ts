// sparse-product: unstructured outliers, N of every 32 columns, added to a product that another dispatch has made.
import {
  defineKernel,
  foldGrid,
  joinShader,
  type KernelShape,
  type KernelVariant,
  wasmVariant,
} from '../../src/gpu/kernel.ts';
import input from '../common/product/float-or-int8.wgsl?raw';
import lanes from '../common/product/lanes.wgsl?raw';
import { largestShuffleTeam, TEAM_WG_SIZE, teamGrid } from '../common/product/team-grid.ts';
import naive from './naive.wgsl?raw';
import row from './row.wgsl?raw';
import subgroup from './subgroup.wgsl?raw';

const WG_SIZE = TEAM_WG_SIZE;

// Workgroups when teams of up to `limit` invocations stride over the words of a row.
function wordGrid(shape: KernelShape, limit: number) {
  const pieces = (shape.k / 32) * (shape.slots / 2);
  return teamGrid({ rows: shape.m * shape.tokens, rowsPerTeam: 1, pieces, limit, columns: 1 });
}

const VARIANTS: readonly KernelVariant[] = [
  wasmVariant({ name: 'sparseProduct', shared: true }, () => [1, 1, 1]),
  {
    name: 'subgroup',
    code: joinShader(subgroup, lanes, row, input),
    requires: ['subgroups'],
    overrides: { WG_SIZE },
    workgroups: (shape) => wordGrid(shape, largestShuffleTeam(shape)),
  },
  {
    name: 'naive',
    code: joinShader(naive, row, input),
    requires: [],
    workgroups: (shape) => foldGrid(Math.ceil((shape.m * shape.tokens) / 64)),
  },
];

/**
 * out[t * stride + first_row + m] += scale[m] * sum over entries of value * x[t, 32 * b + position]. Block b of 32 columns
 * has `slots` entries of 16 bits, two per u32, the lower first: bits 0-4 the position, bits 5-15 the value (11 bits, two's
 * complement); an unused one has the value 0.
 * Shape: m, k (a multiple of 32), slots (2 or 4), block (0: x is f32 and x_scale may be any buffer; else x is int8 and
 * block is the number of columns per scale), first_row, stride (length of a row of out), tokens. Optional, for the grid
 * only: subgroup_max, as for matvec-ternary.
 */
export const sparseProduct = defineKernel({
  name: 'sparse-product',
  bindings: [
    { name: 'entries', access: 'read', shape: '[M, K/32 * slots/2] u32: two entries each' },
    { name: 'scale', access: 'read', shape: '[M] f32' },
    { name: 'x', access: 'read', shape: '[T, K] f32, or [T, K/4] u32: four int8 each' },
    { name: 'x_scale', access: 'read', shape: '[T, K/block] f32 if block is not 0, else anything' },
    { name: 'out', access: 'read-write', shape: '[T, stride] f32' },
  ],
  params: [
    { name: 'm', type: 'u32' },
    { name: 'k', type: 'u32' },
    { name: 'slots', type: 'u32' },
    { name: 'block', type: 'u32' },
    { name: 'first_row', type: 'u32' },
    { name: 'stride', type: 'u32' },
    { name: 'tokens', type: 'u32' },
  ],
  variants: VARIANTS,
});
