// sample: temperature, top-k, top-p, min-p and the draw, in one dispatch of one workgroup per column. The filters apply in the order
// of Hugging Face transformers, each to the renormalised distribution that the one before left.
import {
  columnsOf,
  defineKernel,
  joinShader,
  type KernelShape,
  type WorkgroupCounts,
  wasmVariant,
} from '../../src/gpu/kernel.ts';
import orderKey from '../common/order-key.wgsl?raw';
import random from '../common/random.wgsl?raw';
import settings from '../common/settings.wgsl?raw';
import { SMALL_WG_SIZE } from '../common/small-workgroup.ts';
import state from '../common/state.wgsl?raw';
import boundBlocks from './bound-blocks.wgsl?raw';
import boundNone from './bound-none.wgsl?raw';
import candidates from './candidates.wgsl?raw';
import histogram from './histogram.wgsl?raw';
import naive from './naive.wgsl?raw';
import sortBitonic from './sort-bitonic.wgsl?raw';
import sortRanks from './sort-ranks.wgsl?raw';

const parts = [candidates, state, settings, orderKey, random];

const workgroups = (shape: KernelShape): WorkgroupCounts => [columnsOf(shape), 1, 1];

/**
 * chosen[c] = the id drawn for column c. Equal logits rank by id.
 * Shape: v V (at least 1), stride (logits from one column to the next; 0: all columns have the same), columns C (default 1),
 * parallel: 0, column c is the c-th next step of one sequence; 1, all are at the same step, column c with seed + c.
 * At most 1024 candidates are kept: a top_k of 0 draws from the 1024 best (top-p still measures against the whole
 * vocabulary), a top_k beyond 1024 counts as 1024. Temperatures below 1e-6 count as 1e-6.
 */
export const sample = defineKernel({
  name: 'sample',
  bindings: [
    { name: 'logits', access: 'read', shape: '[C, stride] f32, V of each are read' },
    { name: 'settings', access: 'read', shape: 'Settings' },
    { name: 'state', access: 'read', shape: 'State; step counts the random numbers' },
    { name: 'chosen', access: 'read-write', shape: '[max(C, 4)] u32, the first C are written' },
  ],
  params: [
    { name: 'v', type: 'u32' },
    { name: 'stride', type: 'u32' },
    { name: 'parallel', type: 'u32' },
  ],
  variants: [
    wasmVariant({ name: 'sample' }, workgroups),
    {
      name: 'histogram-small',
      code: joinShader(histogram, boundNone, sortBitonic, ...parts),
      requires: [],
      cpuOnly: true,
      overrides: { WG_SIZE: SMALL_WG_SIZE },
      workgroups,
    },
    {
      name: 'histogram',
      code: joinShader(histogram, boundBlocks, sortRanks, ...parts),
      requires: [],
      workgroups,
    },
    { name: 'naive', code: joinShader(naive, sortRanks, ...parts), requires: [], workgroups },
  ],
});
