// block-matvec-residual: a product added to the residual stream, and the quantised input of the next product.
// One dispatch for what exact mode does in three: product, norm and quantisation.
import { defineKernel } from '../../src/gpu/kernel.ts';
import { blockGrid, blockVariants } from '../common/block/parts.ts';
import residual from '../common/block/residual.wgsl?raw';
import lanes from './lanes.wgsl?raw';
import workgroup from './workgroup.wgsl?raw';

const LANES = 16;

const BLOCKS_PER_WORKGROUP = 8;

/**
 * x += r * W q; q_out, act_out = x * gain in blocks of 32 columns; r is the factor of RMSNorm of the input with `norm`,
 * else 1. The factor of the norm behind the gain is left to the consumer, which gets the sums of squares.
 * Shape: m (a multiple of 32), k (a multiple of 64 and of a cell), group_shift (of groupShift), norm (0 or 1), epsilon,
 * outliers, channels_at and gain_at of outlierParams.
 */
export const blockMatvecResidual = defineKernel({
  name: 'block-matvec-residual',
  bindings: [
    { name: 'w', access: 'read', shape: '[M, cells] vec4u, layout W8, W4, T2 or B1; +W8: outliers beside' },
    { name: 'row_scale', access: 'read', shape: '[M, K >> group_shift] f32, [M] with group_shift 31' },
    { name: 'q', access: 'read', shape: '[K/4] u32: four int8 each' },
    { name: 'act', access: 'read', shape: '[K/32] vec2f (scale, sum of squares before the gain)' },
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
    { name: 'outliers', type: 'u32' },
    { name: 'channels_at', type: 'u32' },
    { name: 'gain_at', type: 'u32' },
  ],
  probe: {
    inputs: { q: 'codes', act: 'ones', row_scale: 'ones' },
    outputs: { x: 'exact', q_out: 'codes', act_out: 'close' },
    params: { norm: 0 },
    outputWords: ({ m }) => m,
  },
  variants: blockVariants({
    teams: {
      main: workgroup,
      overrides: { WG_SIZE: 16 * LANES, LANES },
      tunings: [8].map((lanes) => ({
        overrides: { WG_SIZE: 16 * lanes, LANES: lanes },
        workgroups: (shape) => blockGrid(shape.m),
      })),
      workgroups: (shape) => blockGrid(shape.m),
    },
    lanes: {
      main: lanes,
      overrides: { WG_SIZE: BLOCKS_PER_WORKGROUP },
      workgroups: (shape) => blockGrid(shape.m, BLOCKS_PER_WORKGROUP),
    },
    quantizes: true,
    activations: 'staged',
    parts: { teams: [residual], lanes: [] },
  }),
});
