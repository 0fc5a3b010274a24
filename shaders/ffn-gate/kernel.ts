// ffn-gate: squared ReLU (BitNet b1.58 2B4T, arXiv 2504.12285) or SiLU (SwiGLU, arXiv 2002.05202) gate times up.
// Elementwise and bound by memory: one variant is enough.
import { defineKernel, foldGrid, wasmVariant } from '../../src/gpu/kernel.ts';
import naive from './naive.wgsl?raw';

/** Values of the param `activation`. */
export const FFN_ACTIVATION = { squaredRelu: 0, silu: 1 } as const;

/** out[T, F] = act(gate) * up. Shape: f F, tokens T, activation (FFN_ACTIVATION). */
export const ffnGate = defineKernel({
  name: 'ffn-gate',
  bindings: [
    { name: 'gate_up', access: 'read', shape: '[T, 2F] f32: F gate values, then F up values' },
    { name: 'out', access: 'read-write', shape: '[T, F] f32' },
  ],
  params: [
    { name: 'f', type: 'u32' },
    { name: 'tokens', type: 'u32' },
    { name: 'activation', type: 'u32' },
  ],
  variants: [
    wasmVariant({ name: 'ffnGate' }, () => [1, 1, 1]),
    {
      name: 'naive',
      code: naive,
      requires: [],
      workgroups: (shape) => foldGrid(Math.ceil((shape.tokens * shape.f) / 256)),
    },
  ],
});
