// How decode attention divides the keys of a sequence; shared by attention-decode and attention-merge.

/** Keys of one split: one workgroup of attention-decode. The kernels' override of the same name has this default. */
export const KEYS_PER_SPLIT = 64;

/** Splits of a full cache: the `splits_max` of partial buffers [H, splits_max, Dh] and [H, splits_max]. */
export function maxSplits(capacity: number): number {
  return Math.ceil(capacity / KEYS_PER_SPLIT);
}
