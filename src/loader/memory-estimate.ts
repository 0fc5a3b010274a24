// How much GPU memory a model will need, from its dimensions alone: for the model picker, the manifests and `inspect`,
// before a byte of weights is read. Follows what decoders allocate (src/architectures/blocks/decoder-{weights,scratch}.ts).

import type { Arithmetic, HeadPrecision, MemoryUse, ModelDimensions } from '../api/types.ts';
import { ACTIVATION_BLOCK } from '../architectures/blocks/coded-linear.ts';
import { INT4_GROUP } from '../architectures/blocks/head-codes.ts';
import { type KvKind, kvCacheBytes, maxSplits } from '../architectures/blocks/kv-cache.ts';
import { tableRoomBytes } from '../architectures/blocks/outlier-side.ts';
import { defaultChunkTokens } from './chunk-tokens.ts';

/** Options of estimateMemory. */
export interface MemoryEstimateOptions {
  /** Tokens that the KV cache holds. */
  readonly contextLength: number;
  /** Storage of keys and values. Default `f32`. */
  readonly kvCache?: KvKind;
  /** Most tokens of one prefill pass. Default: what loadModel takes on a GPU with much memory. */
  readonly maxChunkTokens?: number;
  /** Whether ternary products read bit planes: devices without packed dot products. Default false. */
  readonly bitPlanes?: boolean;
  /** How the linear layers compute. Default `exact`. */
  readonly arithmetic?: Arithmetic;
  /** Answers side by side and the tokens of each, the prompt counted. Default: one answer, in the cache of the model. */
  readonly parallel?: { readonly answers: number; readonly tokens: number };
  /** Precision of embedding and head. Default `int8`. For `file`, the dimensions must have been read for it. */
  readonly head?: HeadPrecision;
}

const F32_BYTES = 4;
const INT8_BITS = 8;
/** Codes of more bits decode unfused beside outliers. */
const MAX_FUSED_BITS = 2;

/**
 * Estimates the GPU memory of a model in bytes: within a few percent of what is allocated.
 *
 * - weights: `weightsBytes` where known; else matrices at `matrixBits` per weight, embedding and head at `tableBits` (one
 *   table when tied), with f32 scales per row or group, and norm gains in f32
 * - KV cache: layers x keys and values x kvHeads x headDim x context (rounded up to 64 tokens), in the kind of the cache; and
 *   the same for every answer side by side
 * - scratch: the activations of one prefill pass, splits of the attention, the rotation table, logits
 */
export function estimateMemory(model: ModelDimensions, options: MemoryEstimateOptions): MemoryUse {
  const { layers, kvHeads, headDim, hiddenSize } = model;
  const { contextLength: capacity, kvCache = 'f32' } = options;
  const { answers, tokens } = options.parallel ?? { answers: 0, tokens: 0 };
  const slabs = { kvHeads: answers * kvHeads, headDim, capacity: tokens };
  const weightsBytes = layers * layerBytes(model) + tableBytes(model) + hiddenSize * F32_BYTES;
  return {
    weightsBytes:
      (model.weightsBytes ?? weightsBytes) -
      savedByHead(model, options.head) +
      layers * outlierTableBytes(model, options.arithmetic),
    kvCacheBytes:
      layers * 2 * (kvCacheBytes(kvCache, { kvHeads, headDim, capacity }) + kvCacheBytes(kvCache, slabs)),
    scratchBytes: scratchBytes(model, options) + answers * answerScratchBytes(model, tokens),
  };
}

// Splits of the attention, the last norm, logits, marks of what was seen: what a column of a pass has of its own.
function answerScratchBytes(model: ModelDimensions, tokens: number): number {
  const { hiddenSize, heads, headDim, vocabularySize } = model;
  return (heads * maxSplits(tokens) * (headDim + 2) + hiddenSize + 2 * vocabularySize) * F32_BYTES;
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

// What fused decoding puts behind the outliers of the four matrices of a layer, beside codes of one or two bits.
function outlierTableBytes(model: ModelDimensions, arithmetic: Arithmetic = 'exact'): number {
  const { hiddenSize, ffnSize, heads, kvHeads, headDim, matrixBits, outlierChannels = 0 } = model;
  if (arithmetic !== 'block' || outlierChannels === 0 || matrixBits > MAX_FUSED_BITS) return 0;
  const rows = (heads + 2 * kvHeads) * headDim + 2 * ffnSize + 2 * hiddenSize;
  return tableRoomBytes(rows, outlierChannels, 4);
}

function matrixBytes(model: ModelDimensions, rows: number, columns: number): number {
  const { matrixBits, scaleGroup = columns, minima = false } = model;
  const floatsPerRow = Math.ceil(columns / scaleGroup) * (minima ? 2 : 1);
  return (rows * columns * matrixBits) / 8 + rows * floatsPerRow * F32_BYTES;
}

function tableBytes({
  vocabularySize,
  hiddenSize,
  tiedHead,
  tableBits = INT8_BITS,
  tableScaleGroup = hiddenSize,
}: ModelDimensions): number {
  const rowBytes = (hiddenSize * tableBits) / 8 + Math.ceil(hiddenSize / tableScaleGroup) * F32_BYTES;
  return vocabularySize * rowBytes * (tiedHead ? 1 : 2);
}

// Of an int8 table the six-bit head has a plane of four bits and one of two, with a scale per row each; the rotated one has
// four bits and a scale per 64 columns. Tables of fewer bits stay as they are; without tying, the embedding keeps int8.
function savedByHead(
  { vocabularySize, hiddenSize, tableBits = INT8_BITS }: ModelDimensions,
  head: HeadPrecision = 'int8',
): number {
  if (head === 'file' || head === 'int8' || tableBits < INT8_BITS) return 0;
  const [bits, floats] = head === 'int6' ? [6, 2] : [4, hiddenSize / INT4_GROUP];
  const rowBytes = (hiddenSize * bits) / 8 + floats * F32_BYTES;
  return vocabularySize * (hiddenSize + F32_BYTES - rowBytes);
}

function scratchBytes(model: ModelDimensions, options: MemoryEstimateOptions): number {
  const { hiddenSize, ffnSize, heads, kvHeads, headDim, vocabularySize } = model;
  const { contextLength } = options;
  const tokens = Math.min(options.maxChunkTokens ?? defaultChunkTokens(contextLength), contextLength);
  const queries = heads * headDim;
  const splits = maxSplits(contextLength);
  // Id, residual stream, q|k|v, rotated q, attention output, gate|up, hidden.
  const floatsPerToken = 1 + hiddenSize + (queries + 2 * kvHeads * headDim) + 2 * queries + 3 * ffnSize;
  const once = heads * splits * (headDim + 2) + contextLength * headDim + hiddenSize + 2 * vocabularySize;
  const inputBytes = inputBytesPerToken(model, options) + sideBytesPerToken(model, options);
  return tokens * (floatsPerToken * F32_BYTES + inputBytes) + once * F32_BYTES;
}

// Outlier activations in f32; a rotated input in f32, and before it the normed one, which int8 inputs do without.
function sideBytesPerToken(model: ModelDimensions, options: MemoryEstimateOptions): number {
  const { hiddenSize, ffnSize, heads, headDim, outlierChannels = 0 } = model;
  const widest = Math.max(hiddenSize, heads * headDim, ffnSize);
  const rotates = model.rotatesInputs === true || options.head === 'int4-hadamard';
  const keepsNormed = inputBytesPerToken(model, options) === widest * F32_BYTES;
  const rotated = rotates ? widest * (keepsNormed ? 1 : 2) : 0;
  return (outlierChannels + rotated) * F32_BYTES;
}

// The input of the linear layers: f32, or int8 codes with their scales.
function inputBytesPerToken(model: ModelDimensions, options: MemoryEstimateOptions): number {
  const { hiddenSize, ffnSize, heads, headDim, matrixBits, scaleGroup } = model;
  const widest = Math.max(hiddenSize, heads * headDim, ffnSize);
  // Ternary with one scale per row is a BitLinear: see activations.ts.
  const isBitLinear = matrixBits === 2 && scaleGroup === undefined;
  if (matrixBits > INT8_BITS) return widest * F32_BYTES;
  if (options.arithmetic === 'block') return widest + (widest / ACTIVATION_BLOCK) * F32_BYTES;
  if (isBitLinear) return widest * (options.bitPlanes ? 2 : 1) + F32_BYTES;
  return widest * F32_BYTES;
}
