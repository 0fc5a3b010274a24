// Input channels of a matrix that are kept in higher precision, in a matrix [rows, channels] beside it.
import { OUTLIER_TAIL_ROW_BYTES, outlierTailBytes } from '../../../shaders/common/block/outlier-table.ts';
import { gatherColumns } from '../../../shaders/gather-columns/kernel.ts';
import type { GraphBuilder } from '../../gpu/graph.ts';
import { sideTensorNames } from '../../quant/quantization-metadata.ts';
import type { BuildContext, TensorSink, WordSink } from '../architecture.ts';
import { addFloatProduct } from './float-product.ts';
import {
  createSegments,
  type PassMode,
  type StackedTensor,
  type StackPlace,
  type StackSegment,
} from './stacked-tensor.ts';

/** The activations that the matrix beside which this stands has read. */
export interface SideInput {
  /** [T, K] f32, or [T, K/4] u32: four int8 each. */
  readonly x: GPUBuffer;
  /** [T, K / block] f32; any buffer when block is 0. */
  readonly scale: GPUBuffer;
  /** Columns per scale; 0: x is f32. */
  readonly block: number;
  /** [T, channels] f32 of scratch. */
  readonly gathered: GPUBuffer;
}

/** What products with outliers read. */
export interface OutlierOperands {
  /** [rows, channels / 4] u32; with `hasTable` room for an outlierTable, which begins with these. */
  readonly weights: GPUBuffer;
  /** [rows] f32 */
  readonly scale: GPUBuffer;
  /** [channels] u32 */
  readonly index: GPUBuffer;
}

/** Outliers of tensors stacked by rows that share their channels. Its buffers belong to the pool. */
export class OutlierSide {
  /** Number of outlier channels. */
  readonly channels: number;
  readonly #label: string;
  readonly #columns: number;
  readonly #stride: number;
  readonly #index: GPUBuffer;
  readonly #segments: readonly StackSegment[];

  /**
   * Allocates the buffers, adds the sinks of the outlier tensors.
   * @param stack the matrices that the outliers belong to; `columns` is their width, `channels` ascending columns;
   *   `hasTable`: operandsOf leaves room for what fused decoding puts behind the weights
   * @throws EngineError 'bad-file', 'unsupported-model', 'out-of-memory'
   */
  constructor(
    label: string,
    stack: StackPlace & {
      readonly parts: readonly StackedTensor[];
      readonly columns: number;
      readonly channels: Uint32Array;
      readonly hasTable: boolean;
    },
    context: BuildContext,
    sinks: Map<string, TensorSink | WordSink>,
  ) {
    const { channels, columns, firstRow, stride, hasTable } = stack;
    this.channels = channels.length;
    this.#label = `${label} outliers`;
    this.#columns = columns;
    this.#stride = stride;
    this.#index = context.pool.upload(`${this.#label} index`, channels, 'weights');
    const parts = stack.parts.map(({ tensor, rows }) => ({
      tensor: sideTensorNames(tensor).outlierWeight,
      rows,
    }));
    const tail = hasTable
      ? { bytesPerRow: OUTLIER_TAIL_ROW_BYTES, bytes: outlierTailBytes(channels.length) }
      : undefined;
    this.#segments = createSegments(
      this.#label,
      { parts, columns: channels.length, firstRow, tail },
      context,
      sinks,
    );
  }

  /** Bytes that one product reads. */
  get bytes(): number {
    return this.#segments.reduce((sum, { matrix }) => sum + matrix.bytes, this.channels * 4);
  }

  /** The operands of exactly these rows of the whole result, if they are int8 with one scale per row in one buffer. */
  operandsOf(firstRow: number, rowCount: number): OutlierOperands | null {
    for (const { matrix, firstRow: matrixRow } of this.#segments) {
      const { layout, groupSize, minima } = matrix.storage;
      if (layout !== 'W8' || groupSize !== matrix.columns || minima) continue;
      const shard = matrix.shards.find(
        (candidate) => matrixRow + candidate.firstRow === firstRow && candidate.rowCount === rowCount,
      );
      if (shard) return { weights: shard.weights, scale: shard.rowScale, index: this.#index };
    }
    return null;
  }

  /** Adds out[T, stride] += outliers x[channels] to a graph: a gather, then a product. */
  addTo(builder: GraphBuilder, mode: PassMode, input: SideInput, out: GPUBuffer): void {
    const { x, scale, block, gathered } = input;
    builder.add({
      label: `${this.#label} gather`,
      kernel: gatherColumns,
      buffers: { x, x_scale: scale, index: this.#index, out: gathered },
      params: { k: this.#columns, block, columns: this.channels },
    });
    for (const { matrix, firstRow } of this.#segments) {
      const product = { matrix, firstRow, stride: this.#stride, x: gathered, out, accumulate: true };
      addFloatProduct(builder, mode, this.#label, product);
    }
  }
}

/** Bytes that `hasTable` adds to the outliers of `matrices` matrices with this many rows together. */
export function tableRoomBytes(rows: number, channels: number, matrices: number): number {
  return rows * OUTLIER_TAIL_ROW_BYTES + matrices * outlierTailBytes(channels);
}

/** True for the same channels. */
export function sameChannels(a: Uint32Array | undefined, b: Uint32Array | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every((channel, at) => channel === b[at]);
}
