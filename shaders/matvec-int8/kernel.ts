// matvec-int8: a linear layer with block-scaled int8 activations and codes with a scale per group, for one token or a few
// (columns). The fast path of weights-only models; matvec-float is their reference. Params are shared with matmul-int8.
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
import int8Params from '../common/product/int8-params.wgsl?raw';
import lanes from '../common/product/lanes.wgsl?raw';
import { TEAM_WG_SIZE, teamGrid } from '../common/product/team-grid.ts';
import {
  overriddenGrid,
  TEAM_DEFAULTS,
  type TeamOverrides,
  teamTunings,
} from '../common/product/team-tunings.ts';
import { CELL_BYTES, type CellBytes } from '../layouts/cell-bytes.ts';
import { P_CELL_COLUMNS } from '../layouts/p/layout.ts';
import p from '../layouts/p/load.wgsl?raw';
import pRows from '../layouts/p/rows.wgsl?raw';
import naive from './naive.wgsl?raw';
import ownRows from './own-rows.wgsl?raw';
import rows from './rows.wgsl?raw';
import subgroup from './subgroup.wgsl?raw';
import workgroup from './workgroup.wgsl?raw';

const ROWS = 4;

/** Invocations of a workgroup in which each has ROWS rows of its own: 512 rows are four workgroups. */
const OWN_ROWS_WG_SIZE = 32;

function workgroupGrid(shape: KernelShape, cellColumns: number) {
  return teamGrid({
    rows: shape.m,
    rowsPerTeam: ROWS,
    pieces: shape.k / cellColumns,
    limit: TEAM_WG_SIZE,
    columns: columnsOf(shape),
  });
}

// Overrides, tunings and grid of subgroup.wgsl; `onCpu`: every invocation has rows of its own.
function subgroupGeometry(cellColumns: number, rows: readonly number[], onCpu = false) {
  const overrides: TeamOverrides = { ...TEAM_DEFAULTS, ROWS, ...(onCpu && { MAX_LANES: 1 }) };
  return {
    overrides: { ...overrides },
    tunings: teamTunings(overrides, { cellColumns, rows, onCpu }),
    workgroups: (shape: KernelShape) => overriddenGrid(shape, cellColumns, overrides),
  };
}

// `lanes`: every invocation has rows of its own. Against `subgroup`, M = 1024, K = 2048, blocks of 32 (Dawn, 2 loaded
// cores): llvmpipe W8 0.97 to 0.99, W4 0.68 to 0.80, T2 0.63 to 0.70, B1 0.55 to 0.65 ms; SwiftShader W4 8.8 to 11.4,
// T2 7.2 to 8.8, B1 6.0 to 8.3 ms.
function variantsOf(layout: CellBytes): { readonly [technique: string]: KernelVariant } {
  const suffix = layout.name.toLowerCase();
  return {
    lanes: {
      name: `lanes-${suffix}`,
      code: joinShader(subgroup, lanes, int8Params, dotPacked, rows, layout.load),
      requires: ['subgroups', 'packed-dot'],
      cpuOnly: true,
      layout: layout.name,
      ...subgroupGeometry(layout.cellColumns, [4, 2], true),
    },
    subgroup: {
      name: `subgroup-${suffix}`,
      code: joinShader(subgroup, lanes, int8Params, dotPacked, rows, layout.load),
      requires: ['subgroups', 'packed-dot'],
      layout: layout.name,
      ...subgroupGeometry(layout.cellColumns, [4, 2]),
    },
    workgroup: {
      name: `workgroup-${suffix}`,
      code: joinShader(workgroup, int8Params, dotPacked, rows, layout.load),
      requires: ['packed-dot'],
      layout: layout.name,
      workgroups: (shape) => workgroupGrid(shape, layout.cellColumns),
    },
    naive: {
      name: `naive-${suffix}`,
      code: joinShader(naive, int8Params, int8, dotCore, layout.load),
      requires: [],
      layout: layout.name,
      workgroups: (shape) => foldGrid(Math.ceil(shape.m / 64), columnsOf(shape)),
    },
  };
}

const BY_LAYOUT = CELL_BYTES.map(variantsOf);

// Where dot products of bytes are emulated or missing; for matrices of ternary and binary codes.
const PLANES: readonly KernelVariant[] = [
  {
    name: 'planes-lanes',
    code: joinShader(ownRows, int8Params, p, pRows),
    requires: ['subgroups'],
    cpuOnly: true,
    layout: 'P',
    overrides: { WG_SIZE: OWN_ROWS_WG_SIZE },
    workgroups: (shape) => foldGrid(Math.ceil(shape.m / (OWN_ROWS_WG_SIZE * ROWS)), columnsOf(shape)),
  },
  {
    name: 'planes-subgroup',
    code: joinShader(subgroup, lanes, int8Params, p, pRows),
    requires: ['subgroups'],
    layout: 'P',
    ...subgroupGeometry(P_CELL_COLUMNS, [4]),
  },
  {
    name: 'planes',
    code: joinShader(workgroup, int8Params, p, pRows),
    requires: [],
    layout: 'P',
    workgroups: (shape) => workgroupGrid(shape, P_CELL_COLUMNS),
  },
];

/**
 * out[first_row + m] (+)= sum over k of (scale * W[m, k] + minimum) * q_scale * q[k]; scale and minimum are those of the
 * group of k, q_scale that of its block. Sums within a cell, a group and a block are exact integers, the rest is f32.
 * Error of rounding the activations, relative L2 of out for ternary weights, K = 2048 (simulated in f64): Gaussian 0.8 % with
 * one scale per token, 0.6 % with blocks of 64; relu^2-like products 2.6 % and 0.9 %; four channels 30 times the others
 * 6.2 % and 1.7 %.
 * Shape: m (rows of this shard), k (a multiple of 64 and of a cell), group and block (columns per scale: multiples of 16
 * that divide k, of 32 for layout P; activations from quantize-blocks, or with block = k from rms-norm-quantize), first_row, accumulate (1: add
 * to out), minima (1: row_min is read; 0: row_min may be any buffer). stride: from one column of out to the next; tokens C.
 * Optional, for the grid only: subgroup_max, as for matvec-ternary.
 * Override for layout P: CELL_SCALES, 1 if group and block are multiples of 64 and there are no minima (default 0).
 */
export const matvecInt8 = defineKernel({
  name: 'matvec-int8',
  bindings: [
    { name: 'w', access: 'read', shape: '[M, cells] vec4u, layout W8, W4, T2, B1 or P' },
    { name: 'row_scale', access: 'read', shape: '[M, K/group] f32' },
    { name: 'row_min', access: 'read', shape: '[M, K/group] f32 if minima is 1, else anything' },
    {
      name: 'q',
      access: 'read',
      shape: '[C, K/4] u32: four int8 each; for layout P the bit planes [C, K/32, 8]',
    },
    { name: 'q_scale', access: 'read', shape: '[C, K/block] f32' },
    { name: 'out', access: 'read-write', shape: '[C, stride] f32' },
  ],
  params: [
    { name: 'm', type: 'u32' },
    { name: 'k', type: 'u32' },
    { name: 'group', type: 'u32' },
    { name: 'block', type: 'u32' },
    { name: 'first_row', type: 'u32' },
    { name: 'stride', type: 'u32' },
    { name: 'accumulate', type: 'u32' },
    { name: 'minima', type: 'u32' },
    { name: 'tokens', type: 'u32' },
  ],
  probe: {
    inputs: { q: 'codes', row_scale: 'ones', row_min: 'ones', q_scale: 'ones' },
    outputs: { out: 'exact' },
    outputWords: ({ first_row, m }) => first_row + m,
  },
  variants: [
    ...CELL_BYTES.map(({ name: layout }) =>
      wasmVariant({ name: `matvecInt8${layout}`, shared: true }, () => [1, 1, 1], { layout }),
    ),
    ...PLANES,
    ...['lanes', 'subgroup', 'workgroup', 'naive'].flatMap((technique) =>
      BY_LAYOUT.map((variants) => variants[technique]),
    ),
  ],
});
