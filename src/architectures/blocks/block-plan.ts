// Whether the fused kernels of block arithmetic fit a model, and the buffers that they then read.
import {
  BLOCK_KEYS_PER_SPLIT,
  BLOCK_KV_KINDS,
  BLOCK_MAX_HEAD_DIM,
} from '../../../shaders/block-attention/kernel.ts';
import {
  MAX_HEAD_SPLITS,
  MAX_MERGED_COLUMNS,
  MAX_MERGED_OUTLIERS,
  MERGED_LAYOUTS,
} from '../../../shaders/block-merge-residual/kernel.ts';
import { groupShift } from '../../../shaders/common/block/parts.ts';
import { CELL_BYTES } from '../../../shaders/layouts/cell-bytes.ts';
import { completeTable, type MatrixBeside, planOutliers } from './block-outliers.ts';
import { wantsFusedDecode } from './coded-linear.ts';
import type { DecoderParts } from './decoder-parts.ts';
import type { Linear } from './linear.ts';
import type { RowShards, Shard } from './row-shards.ts';

/** Keys of one split of attention. */
export const KEYS_PER_SPLIT = BLOCK_KEYS_PER_SPLIT;

/** A matrix, or a shard of one, as the fused kernels read it. */
export interface BlockMatrix extends MatrixBeside {
  /** Of the kernels: layoutWithOutliers where there are any. */
  readonly layout: string;
  readonly columns: number;
  readonly groupShift: number;
  /** Row of the result that belongs to row 0. */
  readonly firstRow: number;
  readonly weights: GPUBuffer;
  readonly rowScale: GPUBuffer;
}

/** A layer. The gains of the norms behind `attentionOutput` and `down` are theirs. */
export interface BlockLayer {
  readonly label: string;
  readonly qkv: BlockMatrix;
  readonly attentionOutput: BlockMatrix;
  readonly gateUp: BlockMatrix;
  readonly down: BlockMatrix;
  /** Live splits of attention up to which the output projection merges them itself; 0: never. */
  readonly mergedSplits: number;
}

/** A model that the fused kernels fit. */
export interface BlockPlan {
  readonly layers: readonly BlockLayer[];
  readonly embedding: {
    readonly layout: string;
    readonly groupSize: number;
    readonly weights: GPUBuffer;
    readonly rowScale: GPUBuffer;
    /** Of the first norm. */
    readonly gain: GPUBuffer;
  };
  /** Shards of the head; empty when its storage needs f32 activations. */
  readonly head: readonly BlockMatrix[];
  /** True when the inputs of the attention output and of the down projection are normalised. */
  readonly subNorms: boolean;
}

/** 8 splits for 2,560 columns: 10.2 us there on an H100 against 10.7 us in two dispatches, 8.9 us with one or two. */
const MERGED_WORDS = 8 * 640 * 80;

/** Rows that one workgroup quantises. */
const BLOCK_ROWS = 32;

/** @returns null when the plain graph must do it: other arithmetic, or storage or sizes that the kernels do not fit */
export function planBlockDecode(parts: DecoderParts): BlockPlan | null {
  const { config, context, weights, scratch } = parts;
  const { outputNorm, embedding } = weights;
  const firstNorm = weights.layers[0].attentionNorm;
  if (!wantsFusedDecode(context) || !sizesFit(parts) || outputNorm === null || firstNorm === null)
    return null;
  const table = embedding.plainRows;
  if (table === null || !BLOCK_KV_KINDS.includes(scratch.cache.kind)) return null;
  const { shards, storage } = table;
  if (shards.length !== 1 || storage.minima) return null;
  const layers = weights.layers.map((_, index) => planLayer(parts, index));
  if (!layers.every((layer) => layer !== null)) return null;
  return {
    layers,
    embedding: {
      layout: storage.layout,
      groupSize: storage.groupSize,
      weights: shards[0].weights,
      rowScale: shards[0].rowScale,
      gain: firstNorm,
    },
    head: weights.head.plainRows === null ? [] : planShards(weights.head.plainRows, null),
    subNorms: config.traits.subNorms === true || scratch.unitGain !== null,
  };
}

/** Completes the tables of outliers once the weights are loaded. */
export function completeTables(encoder: GPUCommandEncoder, { layers }: BlockPlan): void {
  for (const { qkv, attentionOutput, gateUp, down } of layers) {
    for (const matrix of [qkv, attentionOutput, gateUp, down]) completeTable(encoder, matrix);
  }
}

// Every workgroup of the projection reads all live splits, and there are as many workgroups as blocks of hidden columns:
// worth it up to about MERGED_WORDS words of 16 bytes in all. Where barriers are dear, only when asked for.
function mergedSplits({ config, context }: DecoderParts, { layout, outliers }: BlockMatrix): number {
  const tooMany = outliers !== null && outliers.channels > MAX_MERGED_OUTLIERS;
  if (!MERGED_LAYOUTS.includes(layout) || tooMany) return 0;
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

function planLayer(parts: DecoderParts, index: number): BlockLayer | null {
  const { layers, outputNorm } = parts.weights;
  const layer = layers[index];
  const nextNorm = index + 1 < layers.length ? layers[index + 1].attentionNorm : outputNorm;
  if (layer.ffnNorm === null || nextNorm === null) return null;
  const qkv = planLinear(layer.qkv, null);
  const attentionOutput = planLinear(layer.attentionOutput, layer.ffnNorm);
  const gateUp = planLinear(layer.gateUp, layer.ffnSubNorm);
  const down = planLinear(layer.ffnDown, nextNorm);
  if (qkv === null || attentionOutput === null || gateUp === null || down === null) return null;
  return {
    label: `blk.${index}`,
    qkv,
    attentionOutput,
    gateUp,
    down,
    mergedSplits: mergedSplits(parts, attentionOutput),
  };
}

// One matrix in one buffer, its outliers, and nothing else added to its product.
function planLinear(linear: Linear, gain: GPUBuffer | null): BlockMatrix | null {
  const product = linear.codedProduct;
  if (product === null || product.matrix.segments.length > 1) return null;
  const shards = planShards(product.matrix.segments[0].matrix, gain);
  if (shards.length !== 1) return null;
  const [codes] = shards;
  if (product.outliers === null) return codes;
  const planned = planOutliers(codes, product.outliers);
  return planned && { ...codes, ...planned };
}

function planShards(matrix: RowShards, gain: GPUBuffer | null): readonly BlockMatrix[] {
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
      gain,
      outliers: null,
    }),
  );
}
