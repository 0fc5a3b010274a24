// penalize: repetition penalty before argmax or sample. Elementwise: one variant is enough.
import { defineKernel, foldGrid, joinShader } from '../../src/gpu/kernel.ts';
import settings from '../common/settings.wgsl?raw';
import naive from './naive.wgsl?raw';

/** Shape: v V. Does nothing when the penalty is 1. */
export const penalize = defineKernel({
  name: 'penalize',
  bindings: [
    { name: 'seen', access: 'read', shape: '[V] u32: 1 where the token occurred' },
    { name: 'settings', access: 'read', shape: 'Settings' },
    { name: 'logits', access: 'read-write', shape: '[V] f32' },
  ],
  params: [{ name: 'v', type: 'u32' }],
  variants: [
    {
      name: 'naive',
      code: joinShader(naive, settings),
      requires: [],
      workgroups: (shape) => foldGrid(Math.ceil(shape.v / 256)),
    },
  ],
});
