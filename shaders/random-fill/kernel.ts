// random-fill: random weights made on the GPU, for benchmarks of models that are not there.
// Every word is a valid one of its layout; nothing is uploaded.
import { defineKernel, joinShader, type KernelVariant, wasmVariant } from '../../src/gpu/kernel.ts';
import random from '../common/random.wgsl?raw';
import type { LayoutName } from '../layouts/layout.ts';
import naive from './naive.wgsl?raw';

/** Workgroups of a fill: each invocation writes many words. */
const MAX_WORKGROUPS = 4096;

/** What the words hold, by device layout; `constant` is for scales and gains. The numbers are those in naive.wgsl. */
export const RANDOM_CONTENTS: Readonly<Record<LayoutName | 'constant', number>> = {
  T2: 0,
  P: 1,
  B1: 2,
  W4: 2,
  W8: 3,
  F16: 4,
  F32: 5,
  constant: 6,
  BF16: 7,
};

/**
 * Root mean square of the codes that random-fill makes of a layout, before `scale`: half of the ternary codes are 0;
 * the others are even over their range.
 */
export const RANDOM_SPREAD: Readonly<Record<LayoutName, number>> = {
  T2: Math.SQRT1_2,
  P: Math.SQRT1_2,
  B1: 1,
  W4: 4.64,
  W8: 73.3,
  F16: 0.577,
  F32: 0.577,
  BF16: 0.577,
};

function variant([layout, content]: [string, number]): KernelVariant {
  return {
    name: `naive-${layout.toLowerCase()}`,
    code: joinShader(naive, random),
    requires: [],
    layout,
    overrides: { CONTENT: content },
    workgroups: (shape) => [Math.min(MAX_WORKGROUPS, Math.ceil(shape.n / 256)), 1, 1],
  };
}

/**
 * out[N] u32 = random words of the layout. Shape: n, seed, scale (F16, F32: values lie in (-scale, scale), for F16 a
 * power of two from 2^-13 to 1; constant: the value; else unused).
 */
export const randomFill = defineKernel({
  name: 'random-fill',
  bindings: [{ name: 'out', access: 'read-write', shape: '[N] u32' }],
  params: [
    { name: 'n', type: 'u32' },
    { name: 'seed', type: 'u32' },
    { name: 'scale', type: 'f32' },
  ],
  variants: [
    ...Object.entries(RANDOM_CONTENTS).map(([layout, CONTENT]) =>
      wasmVariant({ name: 'randomFill', constants: ['CONTENT'] }, () => [1, 1, 1], {
        layout,
        overrides: { CONTENT },
      }),
    ),
    ...Object.entries(RANDOM_CONTENTS).map(variant),
  ],
});
