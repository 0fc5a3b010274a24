// block-matvec: the first product of a layer, and the head, in block arithmetic: reads what a fused producer quantised.
// Fused block-mode decoding: block-embed, block-matvec, block-attention, block-merge, block-matvec-residual, block-gate-up.
import { defineKernel, foldGrid, type KernelShape } from '../../src/gpu/kernel.ts';
import { blockVariants } from '../common/block/parts.ts';
import lanes from './lanes.wgsl?raw';
import workgroup from './workgroup.wgsl?raw';

const WG_SIZE = 256;
/** Of a cell with many columns a row has too few for so many lanes. */
const LANES = 32;
const LANES_B1 = 16;
const LANE_WG_SIZE = 16;

// Larger teams for few rows, smaller ones for short rows.
const TUNINGS = [
  { WG_SIZE: 256, LANES: 16 },
  { WG_SIZE: 128, LANES: 32 },
  { WG_SIZE: 128, LANES: 16 },
  { WG_SIZE: 64, LANES: 32 },
] as const;

function teamsOf(overrides: { readonly WG_SIZE: number; readonly LANES: number }) {
  const rows = (2 * overrides.WG_SIZE) / overrides.LANES;
  return { overrides, workgroups: (shape: KernelShape) => foldGrid(Math.ceil(shape.m / rows)) };
}

/**
 * out[first_row + m] = r * sum over k of W[m, k] * act[k / 32].x * q[k]; r is the factor of RMSNorm with `norm`, else 1.
 * Shape: m (rows of this shard), k (a multiple of 64 and of a cell), group_shift (of groupShift), norm (0 or 1), epsilon,
 * first_row, outliers and channels_at of outlierParams.
 */
export const blockMatvec = defineKernel({
  name: 'block-matvec',
  bindings: [
    { name: 'w', access: 'read', shape: '[M, cells] vec4u, layout W8, W4, T2 or B1; +W8: outliers beside' },
    { name: 'row_scale', access: 'read', shape: '[M, K >> group_shift] f32, [M] with group_shift 31' },
    { name: 'q', access: 'read', shape: '[K/4] u32: four int8 each' },
    { name: 'act', access: 'read', shape: '[K/32] vec2f (scale, sum of squares before the gain)' },
    {
      name: 'beside',
      access: 'read',
      shape: 'table of outliers (outlier-table.ts) in layouts with such, else anything',
    },
    { name: 'out', access: 'read-write', shape: '[rows of all shards] f32' },
  ],
  params: [
    { name: 'm', type: 'u32' },
    { name: 'k', type: 'u32' },
    { name: 'group_shift', type: 'u32' },
    { name: 'norm', type: 'u32' },
    { name: 'epsilon', type: 'f32' },
    { name: 'first_row', type: 'u32' },
    { name: 'outliers', type: 'u32' },
    { name: 'channels_at', type: 'u32' },
  ],
  probe: {
    inputs: { q: 'codes', act: 'ones', row_scale: 'ones' },
    outputs: { out: 'exact' },
    params: { norm: 0 },
    outputWords: ({ first_row, m }) => first_row + m,
  },
  variants: blockVariants({
    teams: {
      main: workgroup,
      ...teamsOf({ WG_SIZE, LANES }),
      except: { B1: teamsOf({ WG_SIZE, LANES: LANES_B1 }) },
      tunings: TUNINGS.map(teamsOf),
    },
    lanes: {
      main: lanes,
      overrides: { WG_SIZE: LANE_WG_SIZE },
      workgroups: (shape) => foldGrid(Math.ceil(shape.m / (2 * LANE_WG_SIZE))),
    },
    quantizes: false,
  }),
});
