// advance: the step from one token to the next on the GPU. One invocation: one variant is enough.
import { defineKernel, joinShader } from '../../src/gpu/kernel.ts';
import state from '../common/state.wgsl?raw';
import naive from './naive.wgsl?raw';

/** Ids that the ring holds: the host must read id n before id n + RING_SIZE is chosen. */
export const RING_SIZE = 64;

/** Shape: unused (any number). */
export const advance = defineKernel({
  name: 'advance',
  bindings: [
    { name: 'chosen', access: 'read', shape: '[4] u32, the first is the id' },
    { name: 'state', access: 'read-write', shape: 'State' },
    { name: 'ids', access: 'read-write', shape: '[>= 1] u32: input of the next pass' },
    { name: 'ring', access: 'read-write', shape: '[64] u32: id of step s at s % 64' },
    { name: 'seen', access: 'read-write', shape: '[V] u32: 1 where the token occurred' },
  ],
  params: [{ name: 'unused', type: 'u32' }],
  variants: [{ name: 'naive', code: joinShader(naive, state), requires: [], workgroups: () => [1, 1, 1] }],
});
