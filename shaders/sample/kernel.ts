// sample: temperature, top-k, top-p, min-p and the draw, in one dispatch of one workgroup. The filters apply in the order
// of Hugging Face transformers, each to the renormalised distribution that the one before left.
import { defineKernel, joinShader } from '../../src/gpu/kernel.ts';
import orderKey from '../common/order-key.wgsl?raw';
import random from '../common/random.wgsl?raw';
import settings from '../common/settings.wgsl?raw';
import state from '../common/state.wgsl?raw';
import candidates from './candidates.wgsl?raw';
import histogram from './histogram.wgsl?raw';
import naive from './naive.wgsl?raw';

const parts = [candidates, state, settings, orderKey, random];

/**
 * chosen[0] = the drawn id. Shape: v V (at least 1). Equal logits rank by id.
 * At most 1024 candidates are kept: a top_k of 0 draws from the 1024 best (top-p still measures against the whole
 * vocabulary), a top_k beyond 1024 counts as 1024. Temperatures below 1e-6 count as 1e-6.
 */
export const sample = defineKernel({
  name: 'sample',
  bindings: [
    { name: 'logits', access: 'read', shape: '[V] f32' },
    { name: 'settings', access: 'read', shape: 'Settings' },
    { name: 'state', access: 'read', shape: 'State; step counts the random numbers' },
    { name: 'chosen', access: 'read-write', shape: '[4] u32, the first is written' },
  ],
  params: [{ name: 'v', type: 'u32' }],
  variants: [
    {
      name: 'histogram',
      code: joinShader(histogram, ...parts),
      requires: [],
      workgroups: () => [1, 1, 1],
    },
    { name: 'naive', code: joinShader(naive, ...parts), requires: [], workgroups: () => [1, 1, 1] },
  ],
});
