// block-gate-up: gate and up products, the gated activation, and the quantised input of the down projection.
// One dispatch for what exact mode does in three: product, gate, norm and quantisation.
import { defineKernel } from '../../src/gpu/kernel.ts';
import { blockGrid, blockVariants } from '../common/block/parts.ts';
import gated from '../common/gated.wgsl?raw';
import lanes from './lanes.wgsl?raw';
import workgroup from './workgroup.wgsl?raw';

const LANES = 8;

const BLOCKS_PER_WORKGROUP = 8;

/**
 * h = act(G) * U with G, U = r * W q; q_out, act_out = h * gain in blocks of 32 columns; r as in block-matvec-residual.
 * Shape: f (a multiple of 32; W has f gate rows, then f up rows), k (a multiple of 64 and of a cell), group_shift (of
 * groupShift), norm (0 or 1), epsilon, activation (0 squared ReLU, 1 SiLU), gained (1: the gain
 * is read), outliers, channels_at and gain_at of outlierParams.
 */
export const blockGateUp = defineKernel({
  name: 'block-gate-up',
  bindings: [
    { name: 'w', access: 'read', shape: '[2F, cells] vec4u, layout W8, W4, T2 or B1; +W8: outliers beside' },
    { name: 'row_scale', access: 'read', shape: '[2F, K >> group_shift] f32, [2F] with group_shift 31' },
    { name: 'q', access: 'read', shape: '[K/4] u32: four int8 each' },
    { name: 'act', access: 'read', shape: '[K/32] vec2f (scale, sum of squares before the gain)' },
    {
      name: 'beside',
      access: 'read',
      shape: 'table of outliers (outlier-table.ts) in layouts with such; at gain_at: [F] f32 if gained is 1',
    },
    { name: 'q_out', access: 'read-write', shape: '[F/4] u32: four int8 each' },
    { name: 'act_out', access: 'read-write', shape: '[F/32] vec2f (scale, sum of squares of h)' },
  ],
  params: [
    { name: 'f', type: 'u32' },
    { name: 'k', type: 'u32' },
    { name: 'group_shift', type: 'u32' },
    { name: 'norm', type: 'u32' },
    { name: 'epsilon', type: 'f32' },
    { name: 'activation', type: 'u32' },
    { name: 'gained', type: 'u32' },
    { name: 'outliers', type: 'u32' },
    { name: 'channels_at', type: 'u32' },
    { name: 'gain_at', type: 'u32' },
  ],
  // The gate squares or divides: its results compare within a tolerance, the products that they rest on are exact.
  probe: {
    inputs: { q: 'codes', act: 'ones', row_scale: 'ones' },
    outputs: { q_out: 'codes', act_out: 'close' },
    params: { norm: 0 },
    outputWords: ({ f }) => f,
  },
  variants: blockVariants({
    teams: {
      main: workgroup,
      overrides: { WG_SIZE: 32 * LANES, LANES },
      tunings: [4].map((lanes) => ({
        overrides: { WG_SIZE: 32 * lanes, LANES: lanes },
        workgroups: (shape) => blockGrid(shape.f),
      })),
      workgroups: (shape) => blockGrid(shape.f),
    },
    lanes: {
      main: lanes,
      overrides: { WG_SIZE: BLOCKS_PER_WORKGROUP },
      workgroups: (shape) => blockGrid(shape.f, BLOCKS_PER_WORKGROUP),
    },
    quantizes: true,
    parts: { teams: [gated], lanes: [gated] },
  }),
});
