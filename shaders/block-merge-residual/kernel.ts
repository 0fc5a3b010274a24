// block-merge-residual: second half of block-attention and the attention output projection in one dispatch.
// Worth it while the live splits are few: every workgroup reads all of them.
import { defineKernel } from '../../src/gpu/kernel.ts';
import { blockGrid, blockVariants } from '../common/block/parts.ts';
import residual from '../common/block/residual.wgsl?raw';
import exp from '../common/exp.wgsl?raw';
import merge from './merge.wgsl?raw';
import workgroup from './workgroup.wgsl?raw';

/** Heads times live splits, at most. */
export const MAX_HEAD_SPLITS = 384;

/** Layouts of the projection that it takes: ternary codes. Others compile for long on adapters that emulate a GPU, for a dispatch less. */
export const MERGED_LAYOUTS: readonly string[] = ['T2', 'T2+W8'];

/** Outlier channels, at most: what the merge leaves of workgroup memory. */
export const MAX_MERGED_OUTLIERS = 416;

/** Columns of the projection's input, at most. */
export const MAX_MERGED_COLUMNS = 8192;

const LANES = 16;

/**
 * Equals block-merge, then block-matvec-residual, apart from rounding. Shape: m (a multiple of 32), k (heads * head_dim, a
 * multiple of 64, at most MAX_MERGED_COLUMNS), group_shift (of groupShift), norm (0 or 1), epsilon, heads,
 * head_dim (a multiple of 32), splits_max as in block-attention, gained (0: sub_gain may be any buffer), outliers
 * (at most MAX_MERGED_OUTLIERS), channels_at and gain_at of outlierParams.
 */
export const blockMergeResidual = defineKernel({
  name: 'block-merge-residual',
  bindings: [
    { name: 'w', access: 'read', shape: '[M, cells] vec4u, layout T2; +W8: outliers beside' },
    { name: 'row_scale', access: 'read', shape: '[M, K >> group_shift] f32, [M] with group_shift 31' },
    {
      name: 'partial',
      access: 'read',
      shape: '[H, splits_max, Dh + 4] f32: sums, maximum, sum of weights, live splits, 0',
    },
    { name: 'sub_gain', access: 'read', shape: '[K] f32 if gained is 1, else anything' },
    {
      name: 'beside',
      access: 'read',
      shape:
        'table of outliers (outlier-table.ts) in layouts with such; at gain_at: [M] f32, of the norm after the residual',
    },
    { name: 'x', access: 'read-write', shape: '[M] f32' },
    { name: 'q_out', access: 'read-write', shape: '[M/4] u32: four int8 each' },
    { name: 'act_out', access: 'read-write', shape: '[M/32] vec2f (scale, sum of squares of x)' },
  ],
  params: [
    { name: 'm', type: 'u32' },
    { name: 'k', type: 'u32' },
    { name: 'group_shift', type: 'u32' },
    { name: 'norm', type: 'u32' },
    { name: 'epsilon', type: 'f32' },
    { name: 'heads', type: 'u32' },
    { name: 'head_dim', type: 'u32' },
    { name: 'splits_max', type: 'u32' },
    { name: 'gained', type: 'u32' },
    { name: 'outliers', type: 'u32' },
    { name: 'channels_at', type: 'u32' },
    { name: 'gain_at', type: 'u32' },
  ],
  variants: blockVariants({
    teams: {
      main: workgroup,
      overrides: { WG_SIZE: 16 * LANES, LANES },
      workgroups: (shape) => blockGrid(shape.m),
    },
    layouts: MERGED_LAYOUTS,
    quantizes: true,
    activations: 'made',
    parts: { teams: [residual, merge, exp], lanes: [] },
  }),
});
