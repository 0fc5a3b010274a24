// Whether the fused kernels of block arithmetic fit a model, and the buffers that they then read.
import { BLOCK_KEYS_PER_SPLIT, BLOCK_MAX_HEAD_DIM } from '../../../shaders/block-attention/kernel.ts';
import {
  MAX_HEAD_SPLITS,
  MAX_MERGED_COLUMNS,
  MERGED_LAYOUTS,
} from '../../../shaders/block-merge-residual/kernel.ts';
import { groupShift } from '../../../shaders/common/block/parts.ts';
import { CELL_BYTES } from '../../../shaders/layouts/cell-bytes.ts';
import { CodedLinear, wantsFusedDecode } from './coded-linear.ts';
import type { DecoderParts } from './decoder-parts.ts';
import type { DecoderLayer } from './decoder-weights.ts';
import type { Linear } from './linear.ts';
import type { RowShards, Shard } from './row-shards.ts';

/** Keys of one split of attention. */
export const KEYS_PER_SPLIT = BLOCK_KEYS_PER_SPLIT;

/** A matrix, or a shard of one, as the fused kernels read it. */
export interface BlockMatrix {
  readonly layout: string;
  readonly rows: number;
  readonly columns: number;
  readonly groupShift: number;
  /** Row of the result that belongs to row 0. */
  readonly firstRow: number;
  readonly weights: GPUBuffer;
  readonly rowScale: GPUBuffer;
}

/** A layer. */
export interface BlockLayer {
  readonly label: string;
  readonly attentionGain: GPUBuffer;
  readonly qkv: BlockMatrix;
  readonly attentionOutput: BlockMatrix;
  readonly ffnGain: GPUBuffer;
  readonly gateUp: BlockMatrix;
  readonly down: BlockMatrix;
}

/** A model that the fused kernels fit. */
export interface BlockPlan {
  readonly layers: readonly BlockLayer[];
  readonly embedding: {
    readonly layout: string;
    readonly groupSize: number;
    readonly weights: GPUBuffer;
    readonly rowScale: GPUBuffer;
  };
  /** Shards of the head; empty when its storage needs f32 activations. */
  readonly head: readonly BlockMatrix[];
  readonly outputGain: GPUBuffer;
  /** True when the inputs of the attention output and of the down projection are normalised. */
  readonly subNorms: boolean;
  /** Live splits of attention up to which the output projection merges them itself; 0: never. */
  readonly mergedSplits: number;
}

/** 8 splits for 2,560 columns: 10.2 us there on an H100 against 10.7 us in two dispatches, 8.9 us with one or two. */
const MERGED_WORDS = 8 * 640 * 80;

/** Rows that one workgroup quantises. */
const BLOCK_ROWS = 32;

/** @returns null when the plain graph must do it: other arithmetic, or storage or sizes that the kernels do not fit */
export function planBlockDecode(parts: DecoderParts): BlockPlan | null {
  const { config, context, weights, scratch } = parts;
  const { outputNorm, embedding } = weights;
  if (!wantsFusedDecode(context) || !sizesFit(parts) || outputNorm === null) return null;
  const table = embedding.plainRows;
  if (table === null || scratch.cache.kind !== 'f32') return null;
  const { shards, storage } = table;
  if (shards.length !== 1 || storage.minima) return null;
  const layers = weights.layers.map((layer, index) => planLayer(layer, index));
  if (!layers.every((layer) => layer !== null)) return null;
  return {
    layers,
    embedding: {
      layout: storage.layout,
      groupSize: storage.groupSize,
      weights: shards[0].weights,
      rowScale: shards[0].rowScale,
    },
    head: weights.head.plainRows === null ? [] : planShards(weights.head.plainRows),
    outputGain: outputNorm,
    subNorms: config.traits.subNorms === true || scratch.unitGain !== null,
    mergedSplits: layers.every(({ attentionOutput }) => MERGED_LAYOUTS.includes(attentionOutput.layout))
      ? mergedSplits(parts)
      : 0,
  };
}

// Every workgroup of the projection reads all live splits, and there are as many workgroups as blocks of hidden columns:
// worth it up to about MERGED_WORDS words of 16 bytes in all. Where barriers are dear, only when asked for.
function mergedSplits({ config, context }: DecoderParts): number {
  const { heads, headDim, hiddenSize } = config;
  const barriersAreDear = context.gpu.adapter.isFallback && context.fusedDecode !== 'always';
  if (barriersAreDear || heads * headDim > MAX_MERGED_COLUMNS) return 0;
  const wordsOfSplit = (heads * headDim * hiddenSize) / (4 * BLOCK_ROWS);
  const few = Math.floor(Math.min(MERGED_WORDS / wordsOfSplit, MAX_HEAD_SPLITS / heads));
  return Math.min(few, Math.ceil(context.contextLength / KEYS_PER_SPLIT));
}

function sizesFit({ config }: DecoderParts): boolean {
  const { hiddenSize, ffnSize, headDim } = config;
  return (
    hiddenSize % BLOCK_ROWS === 0 &&
    ffnSize % BLOCK_ROWS === 0 &&
    headDim % BLOCK_ROWS === 0 &&
    headDim <= BLOCK_MAX_HEAD_DIM
  );
}

function planLayer(layer: DecoderLayer, index: number): BlockLayer | null {
  const { attentionNorm, ffnNorm } = layer;
  const qkv = planLinear(layer.qkv);
  const attentionOutput = planLinear(layer.attentionOutput);
  const gateUp = planLinear(layer.gateUp);
  const down = planLinear(layer.ffnDown);
  if (attentionNorm === null || ffnNorm === null) return null;
  if (qkv === null || attentionOutput === null || gateUp === null || down === null) return null;
  return {
    label: `blk.${index}`,
    attentionGain: attentionNorm,
    qkv,
    attentionOutput,
    ffnGain: ffnNorm,
    gateUp,
    down,
  };
}

// One matrix in one buffer and nothing added to its product.
function planLinear(linear: Linear): BlockMatrix | null {
  const [matrix, ...others] = linear.matrices;
  if (others.length > 0 || !(matrix instanceof CodedLinear) || !linear.isPlain) return null;
  const [segment, ...more] = matrix.segments;
  const shards = more.length === 0 ? planShards(segment.matrix) : [];
  return shards.length === 1 ? shards[0] : null;
}

function planShards(matrix: RowShards): readonly BlockMatrix[] {
  const { storage, columns, shards } = matrix;
  const cell = CELL_BYTES.find(({ name }) => name === storage.layout);
  if (cell === undefined || storage.minima || columns % 64 !== 0) return [];
  const shift = groupShift(storage.groupSize, columns, cell.cellColumns);
  if (shift === null) return [];
  return shards.map(
    (shard: Shard): BlockMatrix => ({
      layout: storage.layout,
      rows: shard.rowCount,
      columns,
      groupShift: shift,
      firstRow: shard.firstRow,
      weights: shard.weights,
      rowScale: shard.rowScale,
    }),
  );
}
