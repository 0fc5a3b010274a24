// bias-clamp: what follows the product of some linear layers: a bias (Qwen2) or a clip of q, k and v (OLMo).
// Elementwise and bound by memory: one variant in WGSL is enough.
import { defineKernel, foldGrid, wasmVariant } from '../../src/gpu/kernel.ts';
import naive from './naive.wgsl?raw';

/** Value of the param `limit` that clips nothing. */
export const NO_LIMIT = 3e38;

/** y = clamp(y + bias, -limit, limit), in place. Shape: m M, tokens T, limit (above 0; NO_LIMIT for none). */
export const biasClamp = defineKernel({
  name: 'bias-clamp',
  bindings: [
    { name: 'bias', access: 'read', shape: '[M] f32' },
    { name: 'y', access: 'read-write', shape: '[T, M] f32' },
  ],
  params: [
    { name: 'm', type: 'u32' },
    { name: 'tokens', type: 'u32' },
    { name: 'limit', type: 'f32' },
  ],
  variants: [
    wasmVariant({ name: 'biasClamp' }, () => [1, 1, 1]),
    {
      name: 'naive',
      code: naive,
      requires: [],
      workgroups: (shape) => foldGrid(Math.ceil((shape.tokens * shape.m) / 256)),
    },
  ],
});
