// token-loss: how well each row of logits foretells its target, so that scoring a text reads back three numbers a token.
// Runs beside a product that costs hundreds of times more: one variant in WGSL is enough.
import { defineKernel, joinShader, wasmVariant } from '../../src/gpu/kernel.ts';
import best from '../common/best.wgsl?raw';
import reduce from '../common/reduce.wgsl?raw';
import naive from './naive.wgsl?raw';

/**
 * loss[t] = -log softmax(logits[t])[targets[t]] in nats, log_sum_exp[t], and best[t], the lowest index of the largest
 * logit. Shape: v V (T * V at most 2^32), tokens T (at most 65 535). A row with NaN gives a loss of NaN or infinity.
 * Targets must be below V.
 */
export const tokenLoss = defineKernel({
  name: 'token-loss',
  bindings: [
    { name: 'logits', access: 'read', shape: '[T, V] f32' },
    { name: 'targets', access: 'read', shape: '[T] u32' },
    { name: 'loss', access: 'read-write', shape: '[T] f32, nats' },
    { name: 'log_sum_exp', access: 'read-write', shape: '[T] f32' },
    { name: 'best', access: 'read-write', shape: '[T] u32' },
  ],
  params: [{ name: 'v', type: 'u32' }],
  variants: [
    wasmVariant({ name: 'tokenLoss' }, ({ tokens }) => [tokens, 1, 1]),
    {
      name: 'naive',
      code: joinShader(naive, reduce, best),
      requires: [],
      workgroups: (shape) => [shape.tokens, 1, 1],
    },
  ],
});
