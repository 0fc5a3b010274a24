// attention-prefill: causal attention of a chunk of tokens whose keys and values are already in the cache.
import { defineKernel, joinShader } from '../../src/gpu/kernel.ts';
import exp from '../common/exp.wgsl?raw';
import state from '../common/state.wgsl?raw';
import naive from './naive.wgsl?raw';
import tiled from './tiled.wgsl?raw';

/** Shape: heads H, kv_heads G (divides H), head_dim Dh (multiple of 4, at most 256), capacity S, tokens T. */
export const attentionPrefill = defineKernel({
  name: 'attention-prefill',
  bindings: [
    { name: 'q', access: 'read', shape: '[T, H * Dh] f32, already multiplied by 1 / sqrt(Dh)' },
    { name: 'k_cache', access: 'read', shape: '[G, S, Dh] f32' },
    { name: 'v_cache', access: 'read', shape: '[G, S, Dh] f32' },
    { name: 'state', access: 'read', shape: 'State; token t sees keys 0..position + t' },
    { name: 'out', access: 'read-write', shape: '[T, H * Dh] f32' },
  ],
  params: [
    { name: 'heads', type: 'u32' },
    { name: 'kv_heads', type: 'u32' },
    { name: 'head_dim', type: 'u32' },
    { name: 'capacity', type: 'u32' },
    { name: 'tokens', type: 'u32' },
  ],
  variants: [
    {
      name: 'tiled',
      barrierHeavy: true,
      code: joinShader(tiled, state, exp),
      requires: [],
      workgroups: (shape) => [Math.ceil(shape.tokens / 32), shape.heads, Math.ceil(shape.head_dim / 128)],
    },
    {
      name: 'naive',
      code: joinShader(naive, state, exp),
      requires: [],
      workgroups: (shape) => [Math.ceil(shape.tokens / 64), shape.heads, 1],
    },
  ],
});
