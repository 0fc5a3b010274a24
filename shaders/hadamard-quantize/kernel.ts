// hadamard-quantize: the input of rotated layers with int8 activations.
// Source of the rotation: QuaRot (arXiv 2404.00456). Block-wise, so that any multiple of 32 has one.
import {
  defineKernel,
  joinShader,
  type KernelShape,
  type WorkgroupCounts,
  wasmVariant,
} from '../../src/gpu/kernel.ts';
import exchangeMemory from '../common/exchange-memory.wgsl?raw';
import exchangeSubgroup from '../common/exchange-subgroup.wgsl?raw';
import hadamardFour from '../common/hadamard/four.wgsl?raw';
import hadamardInput from '../common/hadamard/input.wgsl?raw';
import hadamardRows from '../common/hadamard/rows.wgsl?raw';
import hadamardPart from '../common/hadamard/transform.wgsl?raw';
import int8 from '../common/product/int8.wgsl?raw';
import lanes from '../common/product/lanes.wgsl?raw';
import lanesCode from './lanes.wgsl?raw';
import naive from './naive.wgsl?raw';
import subgroup from './subgroup.wgsl?raw';
import transform from './transform.wgsl?raw';

const workgroups = (shape: KernelShape): WorkgroupCounts => [
  shape.tokens,
  shape.group === shape.k ? 1 : Math.ceil(shape.k / 1024),
  1,
];

const BODY = [hadamardFour, hadamardInput, hadamardPart, hadamardRows, transform, int8];

/**
 * q[T, K] i8 and scale[T, K / group] f32 of z = H (x * diagonal / rms(x)): the orthonormal Sylvester-Walsh-Hadamard
 * transform of every block of columns, after an optional RMS norm and an optional diagonal (signs, a norm's gain, or their
 * product). Shape: k (a multiple of block), block (a power of two, 32..1024), group (columns per scale: k, or a power of two
 * from 4 up to block), diagonal and norm (1: applied, 0: not; without diagonal its binding may be any buffer), epsilon,
 * tokens (at most 65 535).
 */
export const hadamardQuantize = defineKernel({
  name: 'hadamard-quantize',
  bindings: [
    { name: 'x', access: 'read', shape: '[T, K] f32' },
    { name: 'diagonal', access: 'read', shape: '[K] f32 if diagonal is 1, else anything' },
    { name: 'q', access: 'read-write', shape: '[T, K/4] u32, four int8 each' },
    { name: 'scale', access: 'read-write', shape: '[T, K/group] f32: z is about q * scale' },
  ],
  params: [
    { name: 'k', type: 'u32' },
    { name: 'block', type: 'u32' },
    { name: 'diagonal', type: 'u32' },
    { name: 'norm', type: 'u32' },
    { name: 'epsilon', type: 'f32' },
    { name: 'group', type: 'u32' },
  ],
  variants: [
    wasmVariant({ name: 'hadamardQuantize' }, ({ tokens }) => [tokens, 1, 1]),
    {
      name: 'lanes',
      code: joinShader(lanesCode, hadamardFour, hadamardInput, int8),
      requires: ['subgroups'],
      cpuOnly: true,
      overrides: { WG_SIZE: 4 },
      workgroups: (shape) => [shape.tokens, 1, 1],
    },
    {
      name: 'subgroup',
      code: joinShader(subgroup, exchangeSubgroup, lanes, ...BODY),
      requires: ['subgroups'],
      workgroups,
    },
    {
      name: 'naive',
      code: joinShader(naive, exchangeMemory, ...BODY),
      requires: [],
      workgroups,
    },
  ],
});
