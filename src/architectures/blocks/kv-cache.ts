// The KV cache of a model: two buffers per layer, in the layout that shaders/common/kv/layout.ts documents.
import { maxSplits } from '../../../shaders/common/attention-split.ts';
import {
  KV_KINDS,
  type KvKind,
  kvBlocks,
  kvCacheBytes,
  kvTokenBytes,
} from '../../../shaders/common/kv/layout.ts';
import type { BuildContext } from '../architecture.ts';
import type { DecoderConfig } from './decoder-config.ts';

export { KV_KINDS, type KvKind, kvBlocks, kvCacheBytes, maxSplits };

/** Buffers of keys and values of every layer; they belong to the pool. */
export interface KvCache {
  /** Storage kind: the `layout` of every dispatch that binds the buffers. */
  readonly kind: KvKind;
  /** Of each layer. */
  readonly keys: readonly GPUBuffer[];
  /** Of each layer. */
  readonly values: readonly GPUBuffer[];
  /** Tokens that a sequence may have. */
  readonly capacity: number;
  /** Sequences, one slab after the other: the heads of slab 0, then those of slab 1 ... Usually 1. */
  readonly slabs: number;
  /** Bytes of keys and values of all layers that one token of a sequence takes. */
  readonly bytesPerToken: number;
}

/**
 * Allocates the cache of context.kvCache kind for sequences of up to context.contextLength tokens.
 * @param slabs sequences side by side
 * @throws EngineError 'out-of-memory'
 */
export function createKvCache(
  config: Pick<DecoderConfig, 'layers' | 'kvHeads' | 'headDim'>,
  { pool, contextLength, kvCache: kind }: Pick<BuildContext, 'pool' | 'contextLength' | 'kvCache'>,
  slabs = 1,
): KvCache {
  const { layers, kvHeads, headDim } = config;
  const bytes = kvCacheBytes(kind, { kvHeads: slabs * kvHeads, headDim, capacity: contextLength });
  const perLayer = (what: string) =>
    Array.from({ length: layers }, (_, layer) => pool.storage(`blk.${layer} ${what}`, bytes, 'kv-cache'));
  return {
    kind,
    capacity: contextLength,
    slabs,
    keys: perLayer('keys'),
    values: perLayer('values'),
    bytesPerToken: layers * 2 * kvHeads * kvTokenBytes(kind, headDim),
  };
}
