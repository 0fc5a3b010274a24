// outlier-product: input channels in int8, added for one token or a few (columns) to a product that another dispatch has made of bit planes.
// matvec-outlier has both in one, but the planes are a buffer more than a kernel may bind.
import { columnsOf, defineKernel, foldGrid, joinShader, wasmVariant } from '../../src/gpu/kernel.ts';
import naive from './naive.wgsl?raw';
import quads from './quads.wgsl?raw';
import rows from './rows.wgsl?raw';

const WG_SIZE = 64;
/** Invocations of a workgroup of `quads`: 512 rows are four workgroups. */
const QUADS_WG_SIZE = 32;
const ROWS = 4;

/**
 * out[first_row + m] += outlier_scale[m] * sum over j of outlier_w[m, j] * x[outlier_index[j]], with x[k] = q_scale * q[k]
 * by the block of k. With one block, sums of up to 1024 outliers are exact integers.
 * Shape: m (rows of this shard), k, block (columns per scale, a multiple of 16 that divides k), first_row, stride (from one column of
 * out to the next), outliers (a multiple of 16), columns C (default 1).
 * Override: ONE_SCALE, 1 if block is k (default 0).
 */
export const outlierProduct = defineKernel({
  name: 'outlier-product',
  bindings: [
    { name: 'outlier_w', access: 'read', shape: '[M, outliers/16] vec4u: sixteen int8 each' },
    { name: 'outlier_scale', access: 'read', shape: '[M] f32' },
    { name: 'outlier_index', access: 'read', shape: '[outliers] u32, below K' },
    { name: 'q', access: 'read', shape: '[C, K/4] u32: four int8 each' },
    { name: 'q_scale', access: 'read', shape: '[C, K/block] f32' },
    { name: 'out', access: 'read-write', shape: '[C, stride] f32: rows of all shards' },
  ],
  params: [
    { name: 'm', type: 'u32' },
    { name: 'k', type: 'u32' },
    { name: 'block', type: 'u32' },
    { name: 'first_row', type: 'u32' },
    { name: 'stride', type: 'u32' },
    { name: 'outliers', type: 'u32' },
  ],
  variants: [
    wasmVariant({ name: 'outlierProduct', shared: true }, (shape) => [columnsOf(shape), 1, 1], {
      overrides: { ONE_SCALE: 0 },
    }),
    {
      name: 'quads',
      code: joinShader(quads, rows),
      requires: ['subgroups'],
      cpuOnly: true,
      workgroups: (shape) => foldGrid(Math.ceil(shape.m / (QUADS_WG_SIZE * ROWS)), columnsOf(shape)),
    },
    {
      name: 'naive',
      code: joinShader(naive, rows),
      requires: [],
      workgroups: (shape) => foldGrid(Math.ceil(shape.m / (WG_SIZE * ROWS)), columnsOf(shape)),
    },
  ],
});
