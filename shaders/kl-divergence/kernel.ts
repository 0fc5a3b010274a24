// kl-divergence: how far one model's next-token distribution is from another's (Kullback and Leibler, 1951), exactly over the
// whole vocabulary. Runs beside two products that cost hundreds of times more: one variant in WGSL is enough.
import { defineKernel, joinShader, wasmVariant } from '../../src/gpu/kernel.ts';
import reduce from '../common/reduce.wgsl?raw';
import naive from './naive.wgsl?raw';

/**
 * out[t] = KL(p[t] || q[t]) in nats, p and q the softmax of logits whose log-sum-exp is given (by token-loss).
 * Shape: v V (T * V at most 2^32), tokens T (at most 65 535).
 */
export const klDivergence = defineKernel({
  name: 'kl-divergence',
  bindings: [
    { name: 'p_logits', access: 'read', shape: '[T, V] f32: the reference' },
    { name: 'p_log_sum_exp', access: 'read', shape: '[T] f32' },
    { name: 'q_logits', access: 'read', shape: '[T, V] f32' },
    { name: 'q_log_sum_exp', access: 'read', shape: '[T] f32' },
    { name: 'out', access: 'read-write', shape: '[T] f32, nats' },
  ],
  params: [{ name: 'v', type: 'u32' }],
  variants: [
    wasmVariant({ name: 'klDivergence' }, ({ tokens }) => [tokens, 1, 1]),
    {
      name: 'naive',
      code: joinShader(naive, reduce),
      requires: [],
      workgroups: (shape) => [shape.tokens, 1, 1],
    },
  ],
});
