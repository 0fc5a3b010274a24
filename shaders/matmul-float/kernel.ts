// matmul-float: matvec-float for a chunk of tokens (prefill).
// Bindings and params are those of matvec-float, so that both share bind groups; `tokens` is written per chunk size.
import {
  defineKernel,
  joinShader,
  type KernelShape,
  type KernelVariant,
  type WorkgroupCounts,
  wasmVariant,
} from '../../src/gpu/kernel.ts';
import floatParams from '../common/product/float-params.wgsl?raw';
import { CELL_PARTS, type CellParts } from '../layouts/cell-parts.ts';
import direct from './direct.wgsl?raw';
import naive from './naive.wgsl?raw';
import tiled from './tiled.wgsl?raw';

function grid(shape: KernelShape, rows: number, tokens: number): WorkgroupCounts {
  return [Math.ceil(shape.m / rows), Math.ceil(shape.tokens / tokens), 1];
}

interface Technique {
  readonly name: string;
  readonly code: string;
  readonly barrierHeavy?: boolean;
  /** Rows and tokens of a workgroup. */
  readonly rows: number;
  readonly tokens: number;
}

const TECHNIQUES: readonly Technique[] = [
  { name: 'tiled', code: tiled, barrierHeavy: true, rows: 64, tokens: 64 },
  { name: 'direct', code: direct, rows: 64, tokens: 16 },
  { name: 'naive', code: naive, rows: 64, tokens: 1 },
];

function variant(technique: Technique, layout: CellParts): KernelVariant {
  const { name, code, barrierHeavy = false, rows, tokens } = technique;
  return {
    name: `${name}-${layout.name.toLowerCase()}`,
    code: joinShader(code, floatParams, layout.load),
    requires: [],
    layout: layout.name,
    barrierHeavy,
    workgroups: (shape) => grid(shape, rows, tokens),
  };
}

/**
 * out[t * stride + first_row + m] (+)= sum over k of (scale * W[m, k] + minimum) * x[t, k], as matvec-float says.
 * Shape: m, k, group, first_row, stride (rows of all shards: the length of a row of out), accumulate, minima, tokens
 * (at most 65 535).
 */
export const matmulFloat = defineKernel({
  name: 'matmul-float',
  bindings: [
    { name: 'w', access: 'read', shape: '[M, cells] vec4u, layout F32, F16, W8, W4, T2 or B1' },
    { name: 'row_scale', access: 'read', shape: '[M, K/group] f32; ones for F16 and F32' },
    { name: 'row_min', access: 'read', shape: '[M, K/group] f32 if minima is 1, else anything' },
    { name: 'x', access: 'read', shape: '[T, K] f32' },
    { name: 'out', access: 'read-write', shape: '[T, stride] f32' },
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
  variants: [
    ...CELL_PARTS.map(({ name: layout }) =>
      wasmVariant({ name: `matmulFloat${layout}`, shared: true }, () => [1, 1, 1], { layout }),
    ),
    ...TECHNIQUES.flatMap((technique) => CELL_PARTS.map((layout) => variant(technique, layout))),
  ],
});
