// matmul-int8: matvec-int8 for a chunk of tokens (prefill).
// Bindings and params are those of matvec-int8, so that both share bind groups; `tokens` is written per chunk size.
import { defineKernel, joinShader, type KernelVariant, wasmVariant } from '../../src/gpu/kernel.ts';
import dotCore from '../common/product/dot-core.wgsl?raw';
import dotPacked from '../common/product/dot-packed.wgsl?raw';
import int8 from '../common/product/int8.wgsl?raw';
import int8Params from '../common/product/int8-params.wgsl?raw';
import realF16 from '../common/real/f16.wgsl?raw';
import planeTiles from '../common/real/plane-tiles.wgsl?raw';
import { CELL_BYTES, type CellBytes } from '../layouts/cell-bytes.ts';
import p from '../layouts/p/load.wgsl?raw';
import pRows from '../layouts/p/rows.wgsl?raw';
import direct from './direct.wgsl?raw';
import naive from './naive.wgsl?raw';
import planes from './planes.wgsl?raw';
import realTiled from './real-tiled.wgsl?raw';
import stage from './stage.wgsl?raw';
import tiled from './tiled.wgsl?raw';

interface Technique {
  readonly name: string;
  readonly parts: readonly string[];
  readonly packedDot: boolean;
  readonly barrierHeavy: boolean;
  /** Rows and tokens of a workgroup. */
  readonly rows: number;
  readonly tokens: number;
}

const TECHNIQUES: readonly Technique[] = [
  {
    name: 'tiled',
    parts: [tiled, stage, dotPacked],
    packedDot: true,
    barrierHeavy: true,
    rows: 64,
    tokens: 32,
  },
  { name: 'direct', parts: [direct, dotPacked], packedDot: true, barrierHeavy: false, rows: 64, tokens: 8 },
  {
    name: 'naive',
    parts: [naive, int8, dotCore],
    packedDot: false,
    barrierHeavy: false,
    rows: 64,
    tokens: 1,
  },
];

function variant(technique: Technique, layout: CellBytes): KernelVariant {
  const { name, parts, packedDot, barrierHeavy, rows, tokens } = technique;
  return {
    name: `${name}-${layout.name.toLowerCase()}`,
    code: joinShader(...parts, int8Params, layout.load),
    requires: packedDot ? ['packed-dot'] : [],
    layout: layout.name,
    barrierHeavy,
    workgroups: (shape) => [Math.ceil(shape.m / rows), Math.ceil(shape.tokens / tokens), 1],
  };
}

// Where dot products of bytes are emulated or missing; for matrices of ternary and binary codes.
const F16_TILED: KernelVariant = {
  name: 'f16-tiled',
  code: joinShader(realF16, planeTiles, realTiled, int8Params),
  requires: ['shader-f16'],
  layout: 'P',
  barrierHeavy: true,
  workgroups: (shape) => [Math.ceil(shape.m / 64), Math.ceil(shape.tokens / 64), 1],
};

const PLANES: KernelVariant = {
  name: 'planes',
  code: joinShader(planes, int8Params, p, pRows),
  requires: [],
  layout: 'P',
  workgroups: (shape) => [Math.ceil(shape.m / 64), Math.ceil(shape.tokens / 4), 1],
};

/**
 * out[t * stride + first_row + m] (+)= sum over k of (scale * W[m, k] + minimum) * q_scale * q[t, k], as matvec-int8 says.
 * Shape: m, k, group, block, first_row, stride (rows of all shards: the length of a row of out), accumulate, minima,
 * tokens (at most 65 535).
 */
export const matmulInt8 = defineKernel({
  name: 'matmul-int8',
  bindings: [
    { name: 'w', access: 'read', shape: '[M, cells] vec4u, layout W8, W4, T2, B1 or P' },
    { name: 'row_scale', access: 'read', shape: '[M, K/group] f32' },
    { name: 'row_min', access: 'read', shape: '[M, K/group] f32 if minima is 1, else anything' },
    {
      name: 'q',
      access: 'read',
      shape: '[T, K/4] u32: four int8 each; for layout P the bit planes [T, K/32, 8]',
    },
    { name: 'q_scale', access: 'read', shape: '[T, K/block] f32' },
    { name: 'out', access: 'read-write', shape: '[T, stride] f32' },
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
  variants: [
    // The function of matvec-int8, which takes any number of tokens.
    ...CELL_BYTES.map(({ name: layout }) =>
      wasmVariant({ name: `matvecInt8${layout}`, shared: true }, () => [1, 1, 1], { layout }),
    ),
    F16_TILED,
    PLANES,
    ...TECHNIQUES.flatMap((technique) => CELL_BYTES.map((layout) => variant(technique, layout))),
  ],
});
