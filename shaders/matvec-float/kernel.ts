// matvec-float: a linear layer with f32 activations for one token or a few (columns): the LM head and weights-only layers.
import {
  columnsOf,
  defineKernel,
  foldGrid,
  joinShader,
  type KernelShape,
  type KernelVariant,
} from '../../src/gpu/kernel.ts';
import { columnGroups, columnsPart } from '../common/product/column-groups.ts';
import floatParams from '../common/product/float-params.wgsl?raw';
import lanes from '../common/product/lanes.wgsl?raw';
import { largestShuffleTeam, TEAM_WG_SIZE, teamGrid } from '../common/product/team-grid.ts';
import { CELL_PARTS, type CellParts } from '../layouts/cell-parts.ts';
import columns from './columns.wgsl?raw';
import naive from './naive.wgsl?raw';
import rows from './rows.wgsl?raw';
import subgroup from './subgroup.wgsl?raw';
import workgroup from './workgroup.wgsl?raw';

const WG_SIZE = TEAM_WG_SIZE;
const ROWS = 4;

// Workgroups when teams of up to `limit` invocations stride over the cells of ROWS rows.
function cellGrid(shape: KernelShape, { cellColumns }: CellParts, limit: number) {
  return teamGrid({
    rows: shape.m,
    rowsPerTeam: ROWS,
    pieces: shape.k / cellColumns,
    limit,
    columns: columnsOf(shape),
  });
}

function variantsOf(layout: CellParts): { readonly [technique: string]: KernelVariant } {
  const suffix = layout.name.toLowerCase();
  return {
    columns: {
      name: `columns-${suffix}`,
      code: joinShader(columns, columnsPart, lanes, floatParams, rows, layout.load),
      requires: ['subgroups'],
      layout: layout.name,
      sharesWeights: true,
      overrides: { WG_SIZE },
      workgroups: (shape) => {
        const groups = { ...shape, columns: columnGroups(shape) };
        return cellGrid(groups, layout, largestShuffleTeam(shape));
      },
    },
    subgroup: {
      name: `subgroup-${suffix}`,
      code: joinShader(subgroup, lanes, floatParams, rows, layout.load),
      requires: ['subgroups'],
      layout: layout.name,
      overrides: { WG_SIZE },
      workgroups: (shape) => cellGrid(shape, layout, largestShuffleTeam(shape)),
    },
    workgroup: {
      name: `workgroup-${suffix}`,
      code: joinShader(workgroup, floatParams, rows, layout.load),
      requires: [],
      layout: layout.name,
      workgroups: (shape) => cellGrid(shape, layout, WG_SIZE),
    },
    naive: {
      name: `naive-${suffix}`,
      code: joinShader(naive, floatParams, layout.load),
      requires: [],
      layout: layout.name,
      workgroups: (shape) => foldGrid(shape.m, columnsOf(shape)),
    },
  };
}

// Layouts of heads, the largest matrices by far. Cells of more columns make kernels that compile for long.
const SHARED: ReadonlySet<string> = new Set(['W8', 'W4']);

const BY_LAYOUT = CELL_PARTS.map(variantsOf);

/**
 * out[c, first_row + m] (+)= sum over k of (scale * W[m, k] + minimum) * x[c, k], scale and minimum those of the group of k.
 * Shape: m (rows of this shard), k (a multiple of 16 and of a cell), group (columns per scale: a multiple of 16 that
 * divides k; k for one scale per row), first_row, accumulate (1: add to out), minima (1: row_min is read; 0: every minimum
 * is 0, and row_min may be any buffer, row_scale for one). stride: from one column of out to the next; tokens C. Bind
 * groups and params are those of matmul-float. Every column has the same bits alone and beside others. Optional, for the grid only: columns, equal to tokens (default 1), and subgroup_max, as for matvec-ternary.
 */
export const matvecFloat = defineKernel({
  name: 'matvec-float',
  bindings: [
    { name: 'w', access: 'read', shape: '[M, cells] vec4u, layout F32, F16, W8, W4, T2 or B1' },
    { name: 'row_scale', access: 'read', shape: '[M, K/group] f32; ones for F16 and F32' },
    { name: 'row_min', access: 'read', shape: '[M, K/group] f32 if minima is 1, else anything' },
    { name: 'x', access: 'read', shape: '[C, K] f32' },
    { name: 'out', access: 'read-write', shape: '[C, stride] f32' },
  ],
  params: [
    { name: 'm', type: 'u32' },
    { name: 'k', type: 'u32' },
    { name: 'group', type: 'u32' },
    { name: 'first_row', type: 'u32' },
    { name: 'stride', type: 'u32' },
    { name: 'accumulate', type: 'u32' },
    { name: 'minima', type: 'u32' },
    { name: 'tokens', type: 'u32' },
  ],
  variants: [
    ...CELL_PARTS.filter(({ name }) => SHARED.has(name)).map((layout) => variantsOf(layout).columns),
    ...['subgroup', 'workgroup', 'naive'].flatMap((technique) =>
      BY_LAYOUT.map((variants) => variants[technique]),
    ),
  ],
});
