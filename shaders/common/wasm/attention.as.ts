// Causal attention of tokens that follow each other, over the cache: what attention-alone and attention-prefill are on the CPU.
import { ATTEND_BYTES, attendBlock, Block, NO_SCORE, Row } from './attention-rows.as';
import {
  isCoded,
  KV_BLOCK,
  KV_F16,
  KV_F32,
  KV_INT4,
  KV_INT8,
  kvBlockBytes,
  kvHeadBytes,
  kvScalesAt,
  kvWordBytes,
} from './kv.as';
import { expandWords, unpackKeys, unpackValues, wordFactor } from './kv-read.as';
import { scratch } from './scratch.as';

/** In scratch: the block, the rows, their queries, and a block's keys and values as f32 and as int8. */
const BLOCK: usize = ATTEND_BYTES;
const ROWS: usize = BLOCK + 64;
const MAX_ROWS: u32 = 2048;
const QUERIES: usize = ROWS + 65536;
const QUERIES_BYTES: u32 = 262144;
const KEYS_F32: usize = QUERIES + QUERIES_BYTES;
const VALUES_F32: usize = KEYS_F32 + 65536;
const KEYS_INT8: usize = VALUES_F32 + 65536;
const VALUES_INT8: usize = KEYS_INT8 + 16384;

/** Rows from which on a block's words are turned into f32 once, and not with every pair of rows. */
const EXPAND_FROM: u32 = 6;

/**
 * Of 2^112 that keys in binary16 lack (see half.as) queries get the half beforehand, so that products stay far from both ends
 * of the exponent.
 */
// @ts-ignore: decorator
@inline
function queryFactor(kind: i32): f32 {
  return kind === KV_F16 ? <f32>7.205759403792794e16 : 1;
}

/**
 * out[T, H, Dh] = softmax_j(q_t . k_j) v_j over keys j <= position + t, below the capacity: of the rows (key head, token, head of
 * its group) those of a share, an even number, since two rows share the keys.
 * @param kind a constant
 */
// @ts-ignore: decorator
@inline
export function attention(
  kind: i32,
  q: usize,
  kCache: usize,
  vCache: usize,
  out: usize,
  heads: u32,
  kvHeads: u32,
  headDim: u32,
  capacity: u32,
  tokens: u32,
  position: u32,
  share: u32,
  shares: u32,
): void {
  const sharedBy = heads / kvHeads;
  const rows = tokens * sharedBy;
  const tile = min(MAX_ROWS, QUERIES_BYTES / (headDim << 2));
  const headBytes = kvHeadBytes(kind, headDim, capacity);
  const pairs = (kvHeads * rows + 1) / 2;
  const each = ((pairs + shares - 1) / shares) * 2;
  const end = min(kvHeads * rows, (share + 1) * each);
  for (let at = share * each; at < end; ) {
    const g = at / rows;
    const first = at % rows;
    const count = min(min(tile, rows - first), end - at);
    for (let r: u32 = 0; r < count; r++) {
      const token = (first + r) / sharedBy;
      const head = g * sharedBy + ((first + r) % sharedBy);
      const query = ((<usize>token * heads + head) * headDim) << 2;
      const row = changetype<Row>(scratch() + ROWS + r * offsetof<Row>());
      row.query = kind === KV_F16 ? scaledQuery(q + query, headDim, queryFactor(kind), r) : q + query;
      row.out = out + query;
      row.live = min(position + token + 1, capacity);
      row.largest = NO_SCORE;
      row.total = 0;
    }
    attendAll(kind, kCache + headBytes * g, vCache + headBytes * g, headDim, count);
    at += count;
  }
}

function scaledQuery(from: usize, headDim: u32, factor: f32, r: u32): usize {
  const bytes: usize = headDim << 2;
  const to = scratch() + QUERIES + bytes * r;
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(to + at, f32x4.mul(v128.load(from + at), f32x4.splat(factor)));
  }
  return to;
}

// All blocks of a key head for `count` rows, those that see least first, and the division by the sum of weights.
// @ts-ignore: decorator
@inline
function attendAll(kind: i32, keys: usize, values: usize, headDim: u32, count: u32): void {
  const rows = scratch() + ROWS;
  const end = rows + count * offsetof<Row>();
  const live = changetype<Row>(end - offsetof<Row>()).live;
  const block = changetype<Block>(scratch() + BLOCK);
  const isExpanded = kind !== KV_F32 && count >= EXPAND_FROM;
  let from = rows;
  for (let first: u32 = 0; first < live; first += KV_BLOCK) {
    const offset = kvBlockBytes(kind, headDim) * (first / KV_BLOCK);
    block.first = first;
    setBlock(kind, block, keys + offset, values + offset, headDim);
    while (changetype<Row>(from).live <= first) from += offsetof<Row>();
    if (isExpanded) {
      expandBlock(kind, block);
      attendBlock(KV_F32, block, from, end);
    } else attendBlock(kind === KV_INT4 ? KV_INT8 : kind, block, from, end);
  }
  for (let at = rows; at < end; at += offsetof<Row>()) {
    const row = changetype<Row>(at);
    const total = f32x4.splat(row.total);
    for (let c: usize = 0; c < headDim << 2; c += 16) {
      v128.store(row.out + c, f32x4.div(v128.load(row.out + c), total));
    }
  }
}

// @ts-ignore: decorator
@inline
function setBlock(kind: i32, block: Block, keys: usize, values: usize, headDim: u32): void {
  block.words = headDim >> 2;
  block.keys = keys;
  block.values = values;
  block.valueStride = kvWordBytes(kind) * (headDim >> 2);
  block.keyScales = isCoded(kind) ? keys + kvScalesAt(kind, headDim) : 0;
  block.valueScales = isCoded(kind) ? values + kvScalesAt(kind, headDim) : 0;
  block.keyFactor = wordFactor(kind) / queryFactor(kind);
  block.valueFactor = wordFactor(kind);
  if (kind === KV_INT4) {
    block.keys = scratch() + KEYS_INT8;
    block.values = scratch() + VALUES_INT8;
    unpackKeys(keys, headDim, block.keys);
    unpackValues(values, headDim, block.values);
    block.valueStride = ((headDim + 7) >> 3) << 3;
  }
}

// Turns the words of a block into f32.
// @ts-ignore: decorator
@inline
function expandBlock(kind: i32, block: Block): void {
  const words = kind === KV_INT4 ? KV_INT8 : kind;
  const stride = block.valueStride / kvWordBytes(words);
  const keys = scratch() + KEYS_F32;
  const values = scratch() + VALUES_F32;
  expandWords(words, block.keys, <usize>block.words * KV_BLOCK, keys);
  expandWords(words, block.values, stride * KV_BLOCK, values);
  block.keys = keys;
  block.values = values;
  block.valueStride = stride << 4;
}
