// How decode attention divides the live keys; shared by attention-decode and attention-merge, and by who allocates for them.
// A split is a run of blocks of the cache. Up to MAX_SPLITS blocks each split is one; beyond, splits grow instead, so
// that the partial results and the work of the merge stay bounded at any context.
import { KV_BLOCK } from './kv/layout.ts';

/** Most splits; the constant of the same name in attention-split.wgsl. */
export const MAX_SPLITS = 64;

/** Most query heads that one workgroup takes, all of the same key head. */
const MAX_HEADS_PER_GROUP = 4;

/** Splits of a full cache: the `splits_max` of partial buffers [H, splits_max, Dh] and [H, splits_max]. */
export function maxSplits(capacity: number): number {
  return Math.min(MAX_SPLITS, Math.ceil(capacity / KV_BLOCK));
}

/** Keys of one split with `live` keys in the cache. */
export function keysPerSplit(live: number): number {
  return Math.ceil(Math.ceil(live / KV_BLOCK) / MAX_SPLITS) * KV_BLOCK;
}

/** Splits that have any key. */
export function liveSplits(live: number): number {
  return Math.ceil(live / keysPerSplit(live));
}

/**
 * Query heads of one workgroup, 1..4: the override HEADS of attention-decode. The heads of a group that share a key head are
 * divided evenly, so that no workgroup idles more than it must.
 */
export function headsPerGroup(heads: number, kvHeads: number): number {
  const ratio = heads / kvHeads;
  return Math.ceil(ratio / Math.ceil(ratio / MAX_HEADS_PER_GROUP));
}

/** Workgroups of attention-decode per split. */
export function headGroups(heads: number, kvHeads: number): number {
  return kvHeads * Math.ceil(heads / kvHeads / headsPerGroup(heads, kvHeads));
}
