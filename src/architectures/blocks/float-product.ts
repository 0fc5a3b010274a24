// Adds the product of a sharded matrix with f32 activations to a graph.
import { matmulFloat } from '../../../shaders/matmul-float/kernel.ts';
import { matvecFloat } from '../../../shaders/matvec-float/kernel.ts';
import type { GraphBuilder } from '../../gpu/graph.ts';
import type { RowShards } from './row-shards.ts';
import type { PassMode } from './stacked-tensor.ts';

/** One product. */
export interface FloatProduct {
  readonly matrix: RowShards;
  /** Row of the result that belongs to row 0 of the matrix. */
  readonly firstRow: number;
  /** Rows of the whole result: elements from one token to the next. */
  readonly stride: number;
  /** [T, K] f32 */
  readonly x: GPUBuffer;
  /** [T, stride] f32 */
  readonly out: GPUBuffer;
  /** True: added to `out`. */
  readonly accumulate: boolean;
}

/** Adds out[T, firstRow + rows] (+)= W x, one dispatch per shard; `prefill` takes the kernel for many tokens. */
export function addFloatProduct(
  builder: GraphBuilder,
  mode: PassMode,
  label: string,
  { matrix, firstRow, stride, x, out, accumulate }: FloatProduct,
): void {
  const { columns, storage } = matrix;
  for (const shard of matrix.shards) {
    builder.add({
      label,
      kernel: mode === 'prefill' ? matmulFloat : matvecFloat,
      layout: storage.layout,
      buffers: { w: shard.weights, row_scale: shard.rowScale, row_min: shard.rowMin, x, out },
      params: {
        m: shard.rowCount,
        k: columns,
        group: storage.groupSize,
        first_row: firstRow + shard.firstRow,
        stride,
        accumulate: accumulate ? 1 : 0,
        minima: storage.minima ? 1 : 0,
      },
    });
  }
}
