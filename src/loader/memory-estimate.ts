// How much GPU memory a model will need, from its dimensions alone: for the model picker, the manifests and `inspect`,
// before a byte of weights is read. Follows what the architectures allocate (src/architectures/*/forward.ts).

import type { MemoryUse, ModelDimensions } from '../api/types.ts';
import { type KvKind, kvCacheBytes } from '../architectures/blocks/kv-cache.ts';

/** Options of estimateMemory. */
export interface MemoryEstimateOptions {
  /** Tokens that the KV cache holds. */
  readonly contextLength: number;
  /** Storage of keys and values. Default `f32`. */
  readonly kvCache?: KvKind;
  /** Most tokens of one prefill pass. Default 128, as loadModel. */
  readonly maxChunkTokens?: number;
  /** Whether ternary products read bit planes: devices without packed dot products. Default false. */
  readonly bitPlanes?: boolean;
}

const F32_BYTES = 4;
/** Keys of a split of the decode attention, and most splits; as shaders/common/attention-split.ts. */
const KEYS_PER_SPLIT = 64;
const MAX_SPLITS = 64;
const DEFAULT_CHUNK_TOKENS = 128;

/**
 * Estimates the GPU memory of a model in bytes. Exact for weights and cache; scratch leaves out what is below 1 kB.
 *
 * - weights: matrices at `matrixBits` per weight, with one f32 scale per row or per `scaleGroup` columns; embedding and
 *   head as int8 with one f32 scale per row (one table when tied); norm gains in f32
 * - KV cache: layers x keys and values x kvHeads x headDim x context (rounded up to 64 tokens), in the kind of the cache
 * - scratch: the activations of one prefill pass, splits of the attention, the rotation table, logits
 */
export function estimateMemory(model: ModelDimensions, options: MemoryEstimateOptions): MemoryUse {
  const { layers, kvHeads, headDim } = model;
  const capacity = options.contextLength;
  const cacheBytes = kvCacheBytes(options.kvCache ?? 'f32', { kvHeads, headDim, capacity });
  return {
    weightsBytes: layers * layerBytes(model) + tableBytes(model) + model.hiddenSize * F32_BYTES,
    kvCacheBytes: layers * 2 * cacheBytes,
    scratchBytes: scratchBytes(model, options),
  };
}

/** Sum of an estimate or a report, in bytes. */
export function totalMemory(memory: MemoryUse): number {
  return memory.weightsBytes + memory.kvCacheBytes + memory.scratchBytes;
}

function layerBytes(model: ModelDimensions): number {
  const { hiddenSize, ffnSize, headDim } = model;
  const queries = model.heads * headDim;
  const keys = model.kvHeads * headDim;
  const matrices: readonly (readonly [rows: number, columns: number])[] = [
    [queries + 2 * keys, hiddenSize],
    [hiddenSize, queries],
    [2 * ffnSize, hiddenSize],
    [hiddenSize, ffnSize],
  ];
  const weights = matrices.reduce((sum, [rows, columns]) => sum + matrixBytes(model, rows, columns), 0);
  const gains =
    2 * hiddenSize + (model.subNorms ? queries + ffnSize : 0) + (model.headNorms ? 2 * headDim : 0);
  return weights + gains * F32_BYTES;
}

function matrixBytes(model: ModelDimensions, rows: number, columns: number): number {
  const scalesPerRow = model.scaleGroup === undefined ? 1 : Math.ceil(columns / model.scaleGroup);
  return (rows * columns * model.matrixBits) / 8 + rows * scalesPerRow * F32_BYTES;
}

function tableBytes(model: ModelDimensions): number {
  const oneTable = model.vocabularySize * (model.hiddenSize + F32_BYTES);
  return model.tiedHead ? oneTable : 2 * oneTable;
}

function scratchBytes(model: ModelDimensions, options: MemoryEstimateOptions): number {
  const { hiddenSize, ffnSize, heads, kvHeads, headDim, vocabularySize } = model;
  const { contextLength } = options;
  const tokens = Math.min(options.maxChunkTokens ?? DEFAULT_CHUNK_TOKENS, contextLength);
  const queries = heads * headDim;
  const widest = Math.max(hiddenSize, queries, ffnSize);
  const splits = Math.min(MAX_SPLITS, Math.ceil(contextLength / KEYS_PER_SPLIT));
  // Residual stream, q|k|v, rotated q, attention output, gate|up, hidden; then int8 codes with a scale per token.
  const floatsPerToken = hiddenSize + (queries + 2 * kvHeads * headDim) + 2 * queries + 3 * ffnSize;
  const codesPerToken = widest * (options.bitPlanes ? 2 : 1) + F32_BYTES;
  const once = heads * splits * (headDim + 2) + contextLength * headDim + hiddenSize + 2 * vocabularySize;
  return tokens * (floatsPerToken * F32_BYTES + codesPerToken) + once * F32_BYTES;
}
