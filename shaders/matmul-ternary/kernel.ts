// matmul-ternary: the linear layer of a ternary model for a chunk of tokens (prefill); exact like matvec-ternary.
// Bindings and params are those of matvec-ternary, so that both share bind groups; `tokens` is written per chunk size.
import {
  defineKernel,
  joinShader,
  type KernelShape,
  type KernelVariant,
  type WorkgroupCounts,
  wasmVariant,
} from '../../src/gpu/kernel.ts';
import ternaryParams from '../common/product/ternary-params.wgsl?raw';
import realF16 from '../common/real/f16.wgsl?raw';
import realF32 from '../common/real/f32.wgsl?raw';
import planeTiles from '../common/real/plane-tiles.wgsl?raw';
import p from '../layouts/p/load.wgsl?raw';
import t2Dp4a from '../layouts/t2/dp4a.wgsl?raw';
import t2 from '../layouts/t2/load.wgsl?raw';
import direct from './direct.wgsl?raw';
import dp4aTiled from './dp4a-tiled.wgsl?raw';
import naive from './naive.wgsl?raw';
import realTiled from './real-tiled.wgsl?raw';
import subgroupMatrix from './subgroup-matrix.wgsl?raw';

function grid(shape: KernelShape, rows: number, tokens: number): WorkgroupCounts {
  return [Math.ceil(shape.m / rows), Math.ceil(shape.tokens / tokens), 1];
}

/** out[T, M] (+)= q[T, K] W[M, K]^T * (q_scale[T] * row_scale[M]). Shape: m, k (multiple of 64), accumulate, tokens. */
export const matmulTernary = defineKernel({
  name: 'matmul-ternary',
  bindings: [
    { name: 'w', access: 'read', shape: '[M, K/64] vec4u cells, layout T2 or P' },
    { name: 'row_scale', access: 'read', shape: '[M] f32' },
    {
      name: 'q',
      access: 'read',
      shape: '[T, K/4] u32: four int8 each; for layout P the bit planes [T, K/32, 8]',
    },
    { name: 'q_scale', access: 'read', shape: '[T] f32' },
    { name: 'out', access: 'read-write', shape: '[T, M] f32' },
  ],
  params: [
    { name: 'm', type: 'u32' },
    { name: 'k', type: 'u32' },
    { name: 'accumulate', type: 'u32' },
    { name: 'tokens', type: 'u32' },
  ],
  variants: [
    // The function of matvec-ternary, which takes any number of tokens.
    wasmVariant({ name: 'matvecTernary', shared: true }, () => [1, 1, 1], { layout: 'T2' }),
    {
      name: 'subgroup-matrix',
      barrierHeavy: true,
      code: joinShader(subgroupMatrix, ternaryParams),
      requires: ['subgroup-matrix'],
      layout: 'T2',
      workgroups: (shape) => grid(shape, 64, 64),
    },
    {
      name: 'dp4a-tiled',
      barrierHeavy: true,
      code: joinShader(dp4aTiled, ternaryParams),
      requires: ['packed-dot'],
      layout: 'T2',
      workgroups: (shape) => grid(shape, 64, 32),
    },
    {
      name: 'dp4a-direct',
      code: joinShader(direct, ternaryParams, t2Dp4a),
      requires: ['packed-dot'],
      layout: 'T2',
      workgroups: (shape) => grid(shape, 64, 16),
    },
    {
      name: 'f16-tiled',
      barrierHeavy: true,
      code: joinShader(realF16, planeTiles, realTiled, ternaryParams),
      requires: ['shader-f16'],
      layout: 'P',
      workgroups: (shape) => grid(shape, 64, 64),
    },
    {
      name: 'bit-planes',
      code: joinShader(direct, ternaryParams, p),
      requires: [],
      layout: 'P',
      workgroups: (shape) => grid(shape, 64, 16),
    },
    {
      name: 'naive',
      code: joinShader(naive, ternaryParams, t2),
      requires: [],
      layout: 'T2',
      workgroups: (shape) => grid(shape, 64, 1),
    },
  ],
});

/** A variant that no device takes yet: bench/kernels/prefill.ts times it beside the others. */
export const matmulTernaryCandidates: readonly KernelVariant[] = [
  {
    name: 'f32-tiled',
    barrierHeavy: true,
    code: joinShader(realF32, planeTiles, realTiled, ternaryParams),
    requires: [],
    layout: 'P',
    workgroups: (shape) => grid(shape, 64, 64),
  },
];
