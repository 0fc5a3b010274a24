// layer-norm: LayerNorm without gain and bias (OLMo, arXiv 2402.00838; Ba et al., arXiv 1607.06450).
// Bound by latency, of one family of models: one variant in WGSL is enough.
import { defineKernel, joinShader, wasmVariant } from '../../src/gpu/kernel.ts';
import reduce from '../common/reduce.wgsl?raw';
import state from '../common/state.wgsl?raw';
import naive from './naive.wgsl?raw';

/** Shape: k K (multiple of 4), epsilon, last_only (1: row state.tokens - 1 goes to row 0; 0: every row), tokens T. */
export const layerNorm = defineKernel({
  name: 'layer-norm',
  bindings: [
    { name: 'x', access: 'read', shape: '[T, K] f32' },
    { name: 'state', access: 'read', shape: 'State; tokens is read when last_only is 1' },
    { name: 'out', access: 'read-write', shape: '[T, K] f32, or [1, K] with last_only' },
  ],
  params: [
    { name: 'k', type: 'u32' },
    { name: 'epsilon', type: 'f32' },
    { name: 'last_only', type: 'u32' },
  ],
  variants: [
    wasmVariant({ name: 'layerNorm' }, ({ last_only, tokens }) => [last_only === 1 ? 1 : tokens, 1, 1]),
    {
      name: 'naive',
      code: joinShader(naive, state, reduce),
      requires: [],
      workgroups: (shape) => [shape.last_only === 1 ? 1 : shape.tokens, 1, 1],
    },
  ],
});
