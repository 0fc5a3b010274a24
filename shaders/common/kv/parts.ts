// The WGSL parts of each kind of KV cache, for the ops that read it.
import columns from '../product/columns.wgsl?raw';
import f16 from './f16.wgsl?raw';
import f32 from './f32.wgsl?raw';
import fours from './fours.wgsl?raw';
import geometry from './geometry.wgsl?raw';
import int4 from './int4.wgsl?raw';
import int8 from './int8.wgsl?raw';
import type { KvKind } from './layout.ts';
import eights from './read-eights.wgsl?raw';
import readFours from './read-fours.wgsl?raw';
import readScaled from './read-scaled.wgsl?raw';
import scaled from './scaled.wgsl?raw';
import unscaled from './unscaled.wgsl?raw';

/** Words, geometry and scales: what an op that writes the cache needs. Declares `params` fields as kv/geometry.wgsl says. */
export const KV_PARTS: Readonly<Record<KvKind, readonly string[]>> = {
  f32: [columns, geometry, fours, f32, unscaled],
  f16: [columns, geometry, fours, f16, unscaled],
  int8: [columns, geometry, fours, int8, scaled],
  int4: [columns, geometry, int4, scaled],
};

/** The same and functions that read scales out of k_cache and v_cache: key_scale, value_scale; 1 for floats. */
export const KV_SCALE_PARTS: Readonly<Record<KvKind, readonly string[]>> = {
  f32: KV_PARTS.f32,
  f16: KV_PARTS.f16,
  int8: [...KV_PARTS.int8, readScaled],
  int4: [...KV_PARTS.int4, readScaled],
};

/** The same and functions that read cells: key_cell, value_cell. */
export const KV_READ_PARTS: Readonly<Record<KvKind, readonly string[]>> = {
  f32: [...KV_SCALE_PARTS.f32, readFours],
  f16: [...KV_SCALE_PARTS.f16, readFours],
  int8: [...KV_SCALE_PARTS.int8, readFours],
  int4: [...KV_SCALE_PARTS.int4, eights],
};
