// penalize: repetition penalty before argmax or sample. Elementwise: one variant is enough.
import { columnsOf, defineKernel, foldGrid, joinShader, wasmVariant } from '../../src/gpu/kernel.ts';
import settings from '../common/settings.wgsl?raw';
import naive from './naive.wgsl?raw';

/**
 * Shape: v V, columns C (default 1), parallel: 0, column c is the c-th next token of one sequence, and ids[1..c] are taken as
 * seen; 1, each column is a sequence with marks of its own. Does nothing when the penalty is 1.
 */
export const penalize = defineKernel({
  name: 'penalize',
  bindings: [
    { name: 'seen', access: 'read', shape: '[V] u32, with parallel [C, V]: 1 where the token occurred' },
    { name: 'settings', access: 'read', shape: 'Settings' },
    { name: 'ids', access: 'read', shape: '[>= C] u32: ids of this pass' },
    { name: 'logits', access: 'read-write', shape: '[C, V] f32' },
  ],
  params: [
    { name: 'v', type: 'u32' },
    { name: 'parallel', type: 'u32' },
  ],
  variants: [
    wasmVariant({ name: 'penalize' }, (shape) => [columnsOf(shape), 1, 1]),
    {
      name: 'naive',
      code: joinShader(naive, settings),
      requires: [],
      workgroups: (shape) => foldGrid(Math.ceil(shape.v / 256), columnsOf(shape)),
    },
  ],
});
