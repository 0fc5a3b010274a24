// How keys and values lie in the cache of one layer; host side of common/kv-*.wgsl, and the one place that documents it.
//
// A cache is two buffers per layer, keys and values: [G kv heads][blocks] blocks of KV_BLOCK = 64 tokens each, so that
// position p of head g is token t = p % 64 of block g * ceil(S / 64) + floor(p / 64). With W words per token and head,
//   block of keys:   W rows of 64 words (row w holds word w of every token), then for int8 and int4 a row of 64 scales
//   block of values: 64 rows of W words (row t holds the words of token t),  then for int8 and int4 a row of 64 scales
// hence block b starts at word b * 64 * (W + R), R = 1 scale row for int8 and int4 and 0 otherwise, and in it
//   key word (w, t) is w * 64 + t,  value word (t, w) is t * W + w,  the scale of token t is W * 64 + t (f32 bits).
// Threads that take a key each, or a column each, thus read neighbouring words, and a block is one piece of memory.
//
//   kind  word    W         columns of word w
//   f32   vec4f   Dh / 4    4w .. 4w+3
//   f16   vec2u   Dh / 4    4w .. 4w+3, two binary16 per u32, lower column in the lower half (pack2x16float)
//   int8  u32     Dh / 4    4w .. 4w+3, two's complement bytes, lowest column in the lowest byte; value = code * scale,
//                           code = round(x * 127 / max|x|) to nearest even, scale = max|x| / 127 over the head's columns
//   int4  u32     ceil(Dh / 8)  8w .. 8w+7 of the ROTATED head, two's complement nibbles, lowest column lowest;
//                           code = round(x * 8 / max|x|) to nearest even, at most 7, scale = max|x| / 8;
//                           rotation: orthonormal Walsh-Hadamard by blocks of hadamardBlock(Dh) columns
// A token whose columns are all zero has scale 0. Slots at and beyond the live length are never read.

/** Storage of keys and values, chosen when a model is loaded. */
export type KvKind = 'f32' | 'f16' | 'int8' | 'int4';

/** Every kind, most exact first; also the layouts of the ops that touch the cache. */
export const KV_KINDS: readonly KvKind[] = ['f32', 'f16', 'int8', 'int4'];

/** Tokens of one block of the cache. */
export const KV_BLOCK = 64;

const WORD_BYTES: Readonly<Record<KvKind, number>> = { f32: 16, f16: 8, int8: 4, int4: 4 };

/** Words per token and head: W above. `headDim` is a multiple of 4. */
export function kvWords(kind: KvKind, headDim: number): number {
  return Math.ceil(headDim / (kind === 'int4' ? 8 : 4));
}

/** Bytes that one token of one head takes in the keys, and again in the values. */
export function kvTokenBytes(kind: KvKind, headDim: number): number {
  const isCoded = kind === 'int8' || kind === 'int4';
  return kvWords(kind, headDim) * WORD_BYTES[kind] + (isCoded ? 4 : 0);
}

/** Blocks of a head with `capacity` tokens. */
export function kvBlocks(capacity: number): number {
  return Math.ceil(capacity / KV_BLOCK);
}

/** Bytes of the keys (or of the values) of one layer. */
export function kvCacheBytes(
  kind: KvKind,
  shape: { readonly kvHeads: number; readonly headDim: number; readonly capacity: number },
): number {
  return shape.kvHeads * kvBlocks(shape.capacity) * KV_BLOCK * kvTokenBytes(kind, shape.headDim);
}

/** Columns of one rotation of the int4 kind: the largest power of two that divides the head dimension. */
export function hadamardBlock(headDim: number): number {
  return headDim & -headDim;
}

/** Name of the WebAssembly function of an op for a kind: `ropeKvWriteF32`, `ropeKvWriteInt8` ... */
export function kvFunction(op: string, kind: KvKind): string {
  return `${op}${kind[0].toUpperCase()}${kind.slice(1)}`;
}
