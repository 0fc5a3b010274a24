// accept: takes drafted tokens that the model would have chosen itself into the sequence, and the choice after them.
// One invocation: one variant is enough.
import { defineKernel, joinShader, wasmVariant } from '../../src/gpu/kernel.ts';
import state from '../common/state.wgsl?raw';
import naive from './naive.wgsl?raw';

/**
 * After a pass over ids[0..T-1], of which ids[1..T-1] are drafts and T is state.tokens: column c has chosen what follows
 * ids[0..c]. Columns count up to the first whose choice is not the draft after it; that choice is the input of the next pass.
 * Shape: v V.
 */
export const accept = defineKernel({
  name: 'accept',
  bindings: [
    { name: 'chosen', access: 'read', shape: '[>= T] u32' },
    { name: 'state', access: 'read-write', shape: 'State; tokens is T' },
    {
      name: 'ids',
      access: 'read-write',
      shape: '[>= T] u32; the first is set to the input of the next pass',
    },
    { name: 'ring', access: 'read-write', shape: '[64] u32: id of step s at s % 64' },
    { name: 'seen', access: 'read-write', shape: '[V] u32: 1 where the token occurred' },
  ],
  params: [{ name: 'v', type: 'u32' }],
  variants: [
    wasmVariant({ name: 'accept' }, () => [1, 1, 1]),
    { name: 'naive', code: joinShader(naive, state), requires: [], workgroups: () => [1, 1, 1] },
  ],
});
