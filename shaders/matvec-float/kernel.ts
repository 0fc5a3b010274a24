// matvec-float: a linear layer with f32 activations and int8 or float weights: the LM head and weights-only layers.
import {
  defineKernel,
  foldGrid,
  joinShader,
  type KernelShape,
  type KernelVariant,
} from '../../src/gpu/kernel.ts';
import floatParams from '../common/float-params.wgsl?raw';
import lanes from '../common/lanes.wgsl?raw';
import { F16_CELL_COLUMNS } from '../layouts/f16/layout.ts';
import f16 from '../layouts/f16/load.wgsl?raw';
import { F32_CELL_COLUMNS } from '../layouts/f32/layout.ts';
import f32 from '../layouts/f32/load.wgsl?raw';
import { W8_CELL_COLUMNS } from '../layouts/w8/layout.ts';
import w8 from '../layouts/w8/load.wgsl?raw';
import naive from './naive.wgsl?raw';
import subgroup from './subgroup.wgsl?raw';
import workgroup from './workgroup.wgsl?raw';

const WG_SIZE = 64;
const ROWS = 4;

interface FloatLayout {
  readonly name: 'W8' | 'F16' | 'F32';
  readonly cellColumns: number;
  readonly load: string;
}

const LAYOUTS: readonly FloatLayout[] = [
  { name: 'W8', cellColumns: W8_CELL_COLUMNS, load: w8 },
  { name: 'F16', cellColumns: F16_CELL_COLUMNS, load: f16 },
  { name: 'F32', cellColumns: F32_CELL_COLUMNS, load: f32 },
];

// Workgroups when teams of up to `limit` invocations share ROWS rows: the same rule as in the kernels.
function teamGrid(shape: KernelShape, layout: FloatLayout, limit: number) {
  let team = 1;
  while (team < shape.k / layout.cellColumns && team < limit) team *= 2;
  return foldGrid(Math.ceil(shape.m / ((WG_SIZE / team) * ROWS)));
}

function variantsOf(layout: FloatLayout): { readonly [technique: string]: KernelVariant } {
  const suffix = layout.name.toLowerCase();
  return {
    subgroup: {
      name: `subgroup-${suffix}`,
      code: joinShader(subgroup, lanes, floatParams, layout.load),
      requires: ['subgroups'],
      layout: layout.name,
      overrides: { WG_SIZE },
      workgroups: (shape) => teamGrid(shape, layout, Math.min(32, shape.subgroup_max ?? 32)),
    },
    workgroup: {
      name: `workgroup-${suffix}`,
      code: joinShader(workgroup, floatParams, layout.load),
      requires: [],
      layout: layout.name,
      workgroups: (shape) => teamGrid(shape, layout, WG_SIZE),
    },
    naive: {
      name: `naive-${suffix}`,
      code: joinShader(naive, floatParams, layout.load),
      requires: [],
      layout: layout.name,
      workgroups: (shape) => foldGrid(shape.m),
    },
  };
}

const BY_LAYOUT = LAYOUTS.map(variantsOf);

/**
 * out[first_row + m] = sum over k of scale * W[m, k] * x[k].
 * Shape: m (rows of this shard), k (multiple of 16), group (columns per scale, multiple of 16, divides k), first_row.
 * Optional, for the grid only: subgroup_max, as for matvec-ternary.
 */
export const matvecFloat = defineKernel({
  name: 'matvec-float',
  bindings: [
    { name: 'w', access: 'read', shape: '[M, cells] vec4u, layout W8, F16 or F32' },
    { name: 'row_scale', access: 'read', shape: '[M, K/group] f32; ones for F16 and F32' },
    { name: 'x', access: 'read', shape: '[K] f32' },
    { name: 'out', access: 'read-write', shape: '[rows of all shards] f32' },
  ],
  params: [
    { name: 'm', type: 'u32' },
    { name: 'k', type: 'u32' },
    { name: 'group', type: 'u32' },
    { name: 'first_row', type: 'u32' },
  ],
  variants: ['subgroup', 'workgroup', 'naive'].flatMap((technique) =>
    BY_LAYOUT.map((variants) => variants[technique]),
  ),
});
