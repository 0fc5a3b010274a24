// rotate-heads: undoes the rotation of values from a 4-bit KV cache after prefill attention (attention-merge does it in decode).
import { defineKernel, joinShader, wasmVariant } from '../../src/gpu/kernel.ts';
import hadamardFour from '../common/hadamard/four.wgsl?raw';
import hadamardHead from '../common/hadamard/head.wgsl?raw';
import columns from '../common/product/columns.wgsl?raw';
import naive from './naive.wgsl?raw';

/** Shape: heads H, head_dim Dh (multiple of 4, at most 256), tokens T (for the grid). */
export const rotateHeads = defineKernel({
  name: 'rotate-heads',
  bindings: [{ name: 'x', access: 'read-write', shape: '[T, H * Dh] f32' }],
  params: [
    { name: 'heads', type: 'u32' },
    { name: 'head_dim', type: 'u32' },
  ],
  variants: [
    wasmVariant({ name: 'rotateHeads' }, ({ heads, tokens }) => [heads, tokens, 1]),
    {
      name: 'naive',
      code: joinShader(naive, columns, hadamardFour, hadamardHead),
      requires: [],
      workgroups: (shape) => [shape.heads, shape.tokens, 1],
    },
  ],
});
