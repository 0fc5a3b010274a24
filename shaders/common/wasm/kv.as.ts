// Where keys and values lie in the cache of one layer: common/kv/layout.ts in bytes.

/** Kind f32. Functions that take a kind must be given one of these constants. */
export const KV_F32: i32 = 0;
/** Kind f16. */
export const KV_F16: i32 = 1;
/** Kind int8. */
export const KV_INT8: i32 = 2;
/** Kind int4. */
export const KV_INT4: i32 = 3;

/** Tokens of a block. */
export const KV_BLOCK: u32 = 64;

/** Whether the kind has codes with one scale per token and head. */
// @ts-ignore: decorator
@inline
export function isCoded(kind: i32): bool {
  return kind === KV_INT8 || kind === KV_INT4;
}

/** Bytes of a word. */
// @ts-ignore: decorator
@inline
export function kvWordBytes(kind: i32): usize {
  return kind === KV_F32 ? 16 : kind === KV_F16 ? 8 : 4;
}

/** Words per token and head. */
// @ts-ignore: decorator
@inline
export function kvWords(kind: i32, headDim: u32): usize {
  return kind === KV_INT4 ? (headDim + 7) >> 3 : headDim >> 2;
}

/** Bytes from the beginning of a block to its scales. */
// @ts-ignore: decorator
@inline
export function kvScalesAt(kind: i32, headDim: u32): usize {
  return kvWords(kind, headDim) * kvWordBytes(kind) * KV_BLOCK;
}

/** Bytes of a block of keys, and of values. */
// @ts-ignore: decorator
@inline
export function kvBlockBytes(kind: i32, headDim: u32): usize {
  return kvScalesAt(kind, headDim) + (isCoded(kind) ? 4 * KV_BLOCK : 0);
}

/** Bytes of all blocks of a head. */
// @ts-ignore: decorator
@inline
export function kvHeadBytes(kind: i32, headDim: u32, capacity: u32): usize {
  return ((<usize>capacity + KV_BLOCK - 1) / KV_BLOCK) * kvBlockBytes(kind, headDim);
}
