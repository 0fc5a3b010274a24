// matvec-float: a linear layer with f32 activations for one token or a few (columns): the LM head and weights-only layers.
import {
  columnsOf,
  defineKernel,
  foldGrid,
  joinShader,
  type KernelShape,
  type KernelVariant,
  wasmVariant,
} from '../../src/gpu/kernel.ts';
import { columnGroups, columnsPart } from '../common/product/column-groups.ts';
import floatParams from '../common/product/float-params.wgsl?raw';
import lanes from '../common/product/lanes.wgsl?raw';
import { TEAM_WG_SIZE, teamGrid } from '../common/product/team-grid.ts';
import {
  overriddenGrid,
  TEAM_DEFAULTS,
  type TeamOverrides,
  teamTunings,
} from '../common/product/team-tunings.ts';
import { CELL_HALVES, CELL_MAGIC } from '../layouts/cell-magic.ts';
import { CELL_PARTS, type CellParts } from '../layouts/cell-parts.ts';
import columns from './columns.wgsl?raw';
import naive from './naive.wgsl?raw';
import ownRows from './own-rows.wgsl?raw';
import rows from './rows.wgsl?raw';
import scaleRows from './scale-rows.wgsl?raw';
import subgroup from './subgroup.wgsl?raw';
import workgroup from './workgroup.wgsl?raw';

const ROWS = 4;

// Layouts whose plain conversion is tried with rows of their own. W8 loses with it and wins with the conversion by the mantissa:
// 0.5 of the time of `subgroup` on llvmpipe, 0.4 to 0.7 on SwiftShader, M = 4096, K = 512 (Dawn, 2 loaded cores, 2026-12-01).
const LANES_LAYOUTS: ReadonlySet<string> = new Set(['W4', 'T2', 'B1']);
const MAGIC_LANES_LAYOUT = 'W8';

function subgroupVariant(
  name: string,
  { load, name: layout, cellColumns }: CellParts,
  more: Partial<Pick<KernelVariant, 'requires' | 'tunedOnly'>> = {},
): KernelVariant {
  const overrides: TeamOverrides = { ...TEAM_DEFAULTS, ROWS };
  return {
    requires: ['subgroups'],
    ...more,
    name: `${name}-${layout.toLowerCase()}`,
    code: joinShader(subgroup, lanes, floatParams, scaleRows, rows, load),
    layout,
    overrides: { ...overrides },
    tunings: teamTunings(overrides, { cellColumns, rows: [4, 2] }),
    workgroups: (shape) => overriddenGrid(shape, cellColumns, overrides),
  };
}

// Every invocation has rows of its own.
function ownRowsVariant(
  name: string,
  { load, name: layout }: CellParts,
  more: Pick<KernelVariant, 'tunedOnly'>,
): KernelVariant {
  return {
    ...more,
    cpuOnly: true,
    name: `${name}-${layout.toLowerCase()}`,
    code: joinShader(ownRows, floatParams, scaleRows, load),
    requires: ['subgroups'],
    layout,
    overrides: { WG_SIZE: TEAM_WG_SIZE },
    workgroups: (shape) => foldGrid(Math.ceil(shape.m / (TEAM_WG_SIZE * ROWS)), columnsOf(shape)),
  };
}

// The default of CPU adapters where it was measured to win.
function magicLanes(
  fits: (layout: CellParts) => boolean,
  more: Pick<KernelVariant, 'tunedOnly'>,
): KernelVariant[] {
  return CELL_MAGIC.filter(fits).map((layout) => ownRowsVariant('magic-lanes', layout, more));
}

function workgroupVariant(
  name: string,
  { load, name: layout, cellColumns }: CellParts,
  more: Pick<KernelVariant, 'tunedOnly'> = {},
): KernelVariant {
  return {
    ...more,
    name: `${name}-${layout.toLowerCase()}`,
    code: joinShader(workgroup, floatParams, scaleRows, rows, load),
    requires: [],
    layout,
    workgroups: (shape) =>
      teamGrid({
        rows: shape.m,
        rowsPerTeam: ROWS,
        pieces: shape.k / cellColumns,
        limit: TEAM_WG_SIZE,
        columns: columnsOf(shape),
      }),
  };
}

// A workgroup takes several columns; the order of sums is that of the subgroup variant.
function columnsVariant({ load, name: layout, cellColumns }: CellParts): KernelVariant {
  const overrides = { WG_SIZE: TEAM_WG_SIZE };
  const grid = { ...TEAM_DEFAULTS, ROWS };
  return {
    name: `columns-${layout.toLowerCase()}`,
    code: joinShader(columns, columnsPart, lanes, floatParams, scaleRows, rows, load),
    requires: ['subgroups'],
    layout,
    sharesWeights: true,
    overrides,
    workgroups: (shape: KernelShape) =>
      overriddenGrid({ ...shape, columns: columnGroups(shape) }, cellColumns, grid),
  };
}

function variantsOf(layout: CellParts): { readonly [technique: string]: KernelVariant } {
  const suffix = layout.name.toLowerCase();
  return {
    subgroup: subgroupVariant('subgroup', layout),
    workgroup: workgroupVariant('workgroup', layout),
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
  probe: {
    inputs: { x: 'integers', row_scale: 'ones', row_min: 'ones' },
    outputs: { out: 'exact' },
    outputWords: ({ first_row, m }) => first_row + m,
  },
  variants: [
    ...CELL_PARTS.map(({ name: layout }) =>
      wasmVariant({ name: `matvecFloat${layout}`, shared: true }, () => [1, 1, 1], { layout }),
    ),
    ...CELL_PARTS.filter(({ name }) => SHARED.has(name)).map(columnsVariant),
    ...magicLanes(({ name }) => name === MAGIC_LANES_LAYOUT, {}),
    ...BY_LAYOUT.map(({ subgroup }) => subgroup),
    ...BY_LAYOUT.map(({ workgroup }) => workgroup),
    ...CELL_MAGIC.map((layout) => subgroupVariant('magic', layout, { tunedOnly: true })),
    ...CELL_HALVES.map((layout) =>
      subgroupVariant('halves', layout, { tunedOnly: true, requires: ['subgroups', 'shader-f16'] }),
    ),
    ...CELL_MAGIC.map((layout) => workgroupVariant('magic-workgroup', layout, { tunedOnly: true })),
    ...CELL_PARTS.filter(({ name }) => LANES_LAYOUTS.has(name)).map((layout) =>
      ownRowsVariant('lanes', layout, { tunedOnly: true }),
    ),
    ...magicLanes(({ name }) => name !== MAGIC_LANES_LAYOUT, { tunedOnly: true }),
    ...BY_LAYOUT.map(({ naive }) => naive),
  ],
});
