// copy: the yardstick of the benchmarks. What it reaches is the device's copy bandwidth as this browser sees it.
import { defineKernel, wasmVariant } from '../../src/gpu/kernel.ts';
import naive from './naive.wgsl?raw';

/** Workgroups of a copy: enough to fill any GPU, few enough to be cheap on a CPU adapter. */
const MAX_WORKGROUPS = 4096;

/** out[N] = source[N], elements of 16 bytes. Shape: n. Only naive: a copy has no reduction to speed up. */
export const copy = defineKernel({
  name: 'copy',
  bindings: [
    { name: 'source', access: 'read', shape: '[N] vec4u' },
    { name: 'out', access: 'read-write', shape: '[N] vec4u' },
  ],
  params: [{ name: 'n', type: 'u32' }],
  variants: [
    wasmVariant({ name: 'copy' }, () => [1, 1, 1]),
    {
      name: 'naive',
      code: naive,
      requires: [],
      workgroups: (shape) => [Math.min(MAX_WORKGROUPS, Math.ceil(shape.n / 256)), 1, 1],
    },
  ],
});
