// matvec-ternary: the linear layer of a ternary model for one token or a few (columns); int8 activations, i32 sums, one f32
// scale per row.
// Source of the arithmetic: BitNet b1.58 (arXiv 2402.17764). Params are shared with matmul-ternary.
import {
  columnsOf,
  defineKernel,
  foldGrid,
  joinShader,
  type KernelShape,
  type KernelVariant,
  type WorkgroupCounts,
  wasmVariant,
} from '../../src/gpu/kernel.ts';
import { columnGroups, columnsPart } from '../common/product/column-groups.ts';
import lanes from '../common/product/lanes.wgsl?raw';
import { TEAM_WG_SIZE, teamGrid } from '../common/product/team-grid.ts';
import {
  overriddenGrid,
  TEAM_DEFAULTS,
  type TeamOverrides,
  teamTunings,
} from '../common/product/team-tunings.ts';
import ternaryParams from '../common/product/ternary-params.wgsl?raw';
import p from '../layouts/p/load.wgsl?raw';
import t2Dp4a from '../layouts/t2/dp4a.wgsl?raw';
import t2 from '../layouts/t2/load.wgsl?raw';
import t2Masked from '../layouts/t2/masked.wgsl?raw';
import columns from './columns.wgsl?raw';
import naive from './naive.wgsl?raw';
import ownRows from './own-rows.wgsl?raw';
import subgroup from './subgroup.wgsl?raw';
import workgroup from './workgroup.wgsl?raw';

const CELL_COLUMNS = 64;

// A workgroup takes several columns, each in the order of the subgroup variant.
function columnGroupGrid(shape: KernelShape): WorkgroupCounts {
  const groups = { ...shape, columns: columnGroups(shape) };
  return overriddenGrid(groups, CELL_COLUMNS, { ...TEAM_DEFAULTS, ROWS: 2 });
}

function workgroupGrid(shape: KernelShape): WorkgroupCounts {
  return teamGrid({
    rows: shape.m,
    rowsPerTeam: 4,
    pieces: shape.k / CELL_COLUMNS,
    limit: TEAM_WG_SIZE,
    columns: columnsOf(shape),
  });
}

/** What variants of one source differ in. */
type VariantTraits = Pick<KernelVariant, 'name' | 'requires' | 'layout' | 'tunedOnly'>;

// The cell part joined, and rows that teams share.
function subgroupVariant(variant: VariantTraits, cell: string, rows = 2): KernelVariant {
  const overrides: TeamOverrides = { ...TEAM_DEFAULTS, ROWS: rows };
  return {
    ...variant,
    code: joinShader(subgroup, lanes, ternaryParams, cell),
    overrides: { ...overrides },
    tunings: teamTunings(overrides, { cellColumns: CELL_COLUMNS, rows: [4, 2, 1] }),
    workgroups: (shape) => overriddenGrid(shape, CELL_COLUMNS, overrides),
  };
}

// Every invocation has rows of its own. WG_SIZE 16 to 256 made no difference.
function ownRowsVariant(variant: VariantTraits, cell: string): KernelVariant {
  const gridOf = (ROWS: number) => (shape: KernelShape) =>
    foldGrid(Math.ceil(shape.m / (TEAM_WG_SIZE * ROWS)), columnsOf(shape));
  return {
    ...variant,
    cpuOnly: true,
    code: joinShader(ownRows, ternaryParams, cell),
    overrides: { WG_SIZE: TEAM_WG_SIZE, ROWS: 2 },
    tunings: [4, 1].map((ROWS) => ({ overrides: { ROWS }, workgroups: gridOf(ROWS) })),
    workgroups: gridOf(2),
  };
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
  probe: {
    inputs: { q: 'codes', row_scale: 'ones', q_scale: 'ones' },
    outputs: { out: 'exact' },
    outputWords: ({ m }) => m,
  },
  variants: [
    wasmVariant({ name: 'matvecTernary', shared: true }, () => [1, 1, 1], { layout: 'T2' }),
    {
      name: 'dp4a-columns',
      code: joinShader(columns, columnsPart, lanes, ternaryParams, t2Dp4a),
      requires: ['subgroups', 'packed-dot'],
      layout: 'T2',
      sharesWeights: true,
      overrides: { WG_SIZE: TEAM_WG_SIZE },
      workgroups: columnGroupGrid,
    },
    {
      name: 'bit-planes-columns',
      code: joinShader(columns, columnsPart, lanes, ternaryParams, p),
      requires: ['subgroups'],
      layout: 'P',
      sharesWeights: true,
      overrides: { WG_SIZE: TEAM_WG_SIZE },
      workgroups: columnGroupGrid,
    },
    ownRowsVariant({ name: 'dp4a-lanes', requires: ['subgroups', 'packed-dot'], layout: 'T2' }, t2Dp4a),
    ownRowsVariant({ name: 'bit-planes-lanes', requires: ['subgroups'], layout: 'P' }, p),
    subgroupVariant({ name: 'dp4a-subgroup', requires: ['subgroups', 'packed-dot'], layout: 'T2' }, t2Dp4a),
    // Four rows, because they share what the masks cost.
    subgroupVariant(
      { name: 'dp4a-masked', requires: ['subgroups', 'packed-dot'], layout: 'T2', tunedOnly: true },
      t2Masked,
      4,
    ),
    {
      name: 'dp4a',
      code: joinShader(workgroup, ternaryParams, t2Dp4a),
      requires: ['packed-dot'],
      layout: 'T2',
      workgroups: workgroupGrid,
    },
    subgroupVariant({ name: 'bit-planes-subgroup', requires: ['subgroups'], layout: 'P' }, p),
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
