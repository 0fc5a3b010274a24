// block-embed: one row of the embedding table into the residual stream, and the quantised input of the first layer.
import { defineKernel, joinShader, type KernelVariant } from '../../src/gpu/kernel.ts';
import blockQuantize from '../common/block/quantize.wgsl?raw';
import blockQuantizeLane from '../common/block/quantize-lane.wgsl?raw';
import int8 from '../common/product/int8.wgsl?raw';
import { CELL_PARTS, type CellParts } from '../layouts/cell-parts.ts';
import lanes from './lanes.wgsl?raw';
import naive from './naive.wgsl?raw';

function variant({ name: layout, load }: CellParts): KernelVariant {
  return {
    name: `naive-${layout.toLowerCase()}`,
    code: joinShader(naive, blockQuantize, int8, load),
    requires: [],
    layout,
    barrierHeavy: true,
    workgroups: (shape) => [shape.k / 32, 1, 1],
  };
}

function laneVariant({ name: layout, load }: CellParts): KernelVariant {
  return {
    name: `lanes-${layout.toLowerCase()}`,
    code: joinShader(lanes, blockQuantizeLane, int8, load),
    requires: [],
    layout,
    cpuOnly: true,
    workgroups: (shape) => [Math.ceil(shape.k / 256), 1, 1],
  };
}

/**
 * x = table[ids[0]]; q_out, act_out = x * gain in blocks of 32 columns.
 * Shape: k (a multiple of 32 and of a cell), group (columns per scale: a multiple of 16 that divides k), row_count.
 */
export const blockEmbed = defineKernel({
  name: 'block-embed',
  bindings: [
    { name: 'ids', access: 'read', shape: '[>= 1] u32; the first is read' },
    { name: 'w', access: 'read', shape: '[row_count, cells] vec4u, layout F32, F16, W8, W4, T2 or B1' },
    { name: 'row_scale', access: 'read', shape: '[row_count, K/group] f32; ones for F16 and F32' },
    { name: 'gain', access: 'read', shape: '[K] f32, of the first norm' },
    { name: 'x', access: 'read-write', shape: '[K] f32' },
    { name: 'q_out', access: 'read-write', shape: '[K/4] u32: four int8 each' },
    { name: 'act_out', access: 'read-write', shape: '[K/32] vec2f (scale, sum of squares of x)' },
  ],
  params: [
    { name: 'k', type: 'u32' },
    { name: 'group', type: 'u32' },
    { name: 'row_count', type: 'u32' },
  ],
  variants: [...CELL_PARTS.map(laneVariant), ...CELL_PARTS.map(variant)],
});
