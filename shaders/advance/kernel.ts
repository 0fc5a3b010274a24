// advance: the step from one token to the next on the GPU. One invocation: one variant is enough.
import { defineKernel, joinShader, wasmVariant } from '../../src/gpu/kernel.ts';
import state from '../common/state.wgsl?raw';
import naive from './naive.wgsl?raw';

/** Steps that the ring holds: the host must read step n before step n + RING_SIZE is chosen. */
export const RING_SIZE = 64;

/** Shape: sequences C (parallel ones, at the same position; usually 1), v V. */
export const advance = defineKernel({
  name: 'advance',
  bindings: [
    { name: 'chosen', access: 'read', shape: '[max(C, 4)] u32, the first C are the ids' },
    { name: 'state', access: 'read-write', shape: 'State' },
    { name: 'ids', access: 'read-write', shape: '[>= C] u32: input of the next pass' },
    { name: 'ring', access: 'read-write', shape: '[64, C] u32: ids of step s at s % 64' },
    { name: 'seen', access: 'read-write', shape: '[C, V] u32: 1 where the token occurred' },
  ],
  params: [
    { name: 'sequences', type: 'u32' },
    { name: 'v', type: 'u32' },
  ],
  variants: [
    wasmVariant({ name: 'advance' }, () => [1, 1, 1]),
    { name: 'naive', code: joinShader(naive, state), requires: [], workgroups: () => [1, 1, 1] },
  ],
});
