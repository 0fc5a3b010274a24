// head-norm: RMSNorm of each query and key head before the rotation (Qwen3). Source: Hugging Face modeling_qwen3.py.
// Tiny beside the product before it: one variant is enough.
import { defineKernel, wasmVariant } from '../../src/gpu/kernel.ts';
import naive from './naive.wgsl?raw';

/** In place on the H query and G key heads of qkv. Shape: heads H, kv_heads G, head_dim Dh (even), epsilon, tokens T. */
export const headNorm = defineKernel({
  name: 'head-norm',
  bindings: [
    { name: 'q_gain', access: 'read', shape: '[Dh] f32' },
    { name: 'k_gain', access: 'read', shape: '[Dh] f32' },
    { name: 'qkv', access: 'read-write', shape: '[T, (H + 2G) * Dh] f32; the value heads stay' },
  ],
  params: [
    { name: 'heads', type: 'u32' },
    { name: 'kv_heads', type: 'u32' },
    { name: 'head_dim', type: 'u32' },
    { name: 'epsilon', type: 'f32' },
  ],
  variants: [
    wasmVariant({ name: 'headNorm' }, (shape) => [shape.tokens, 1, 1]),
    {
      name: 'naive',
      code: naive,
      requires: [],
      workgroups: (shape) => [shape.heads + shape.kv_heads, shape.tokens, 1],
    },
  ],
});
