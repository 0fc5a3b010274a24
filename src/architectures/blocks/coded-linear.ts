// Weight matrices of integer codes in any layout, multiplied with int8 activations: one scale per token (BitLinear with
// other than plain ternary weights) or per block of columns (block arithmetic).
import { P_CELL_COLUMNS } from '../../../shaders/layouts/p/layout.ts';
import { matmulInt8 } from '../../../shaders/matmul-int8/kernel.ts';
import { matvecInt8 } from '../../../shaders/matvec-int8/kernel.ts';
import { matvecOutlier } from '../../../shaders/matvec-outlier/kernel.ts';
import { outlierProduct } from '../../../shaders/outlier-product/kernel.ts';
import type { GraphBuilder } from '../../gpu/graph.ts';
import type { TensorReader } from '../../quant/format.ts';
import type { BuildContext, TensorSink, WordSink } from '../architecture.ts';
import type { OutlierSide } from './outlier-side.ts';
import type { RowStorage, Shard } from './row-shards.ts';
import {
  createSegments,
  type PassMode,
  type StackedTensor,
  type StackPlace,
  type StackSegment,
} from './stacked-tensor.ts';
import { addTernaryProduct, type QuantizedActivations } from './ternary-linear.ts';

export { ACTIVATION_BLOCK } from '../../../shaders/common/block/activation-block.ts';

/** Widths that the int8 kernels take. */
const COLUMN_MULTIPLE = 64;

/** True if the int8 products can read the tensor: it holds codes and has a fitting width. */
export function fitsCodedLinear(reader: TensorReader): boolean {
  return reader.kind !== 'float' && reader.columns % COLUMN_MULTIPLE === 0;
}

/**
 * True if decoding shall be fused where the model fits. By default not on CPU adapters: the lanes variants keep up with the
 * plain graph on llvmpipe and lose on SwiftShader, which emulates the packed dot product. Never in WebAssembly, where a
 * dispatch costs a function call.
 */
export function wantsFusedDecode({ activations, fusedDecode = 'auto', gpu }: BuildContext): boolean {
  if (activations !== 'int8-blocks' || gpu.features.has('wasm')) return false;
  return fusedDecode === 'auto' ? !gpu.adapter.isFallback : fusedDecode === 'always';
}

/** Rows of a layer, of coded tensors stacked by rows. Its buffers belong to the pool. */
export class CodedLinear {
  readonly columns: number;
  readonly #label: string;
  readonly #stride: number;
  readonly #segments: readonly StackSegment[];

  /**
   * Allocates the buffers, adds the sinks. Neighbours in the same storage share buffers and dispatches.
   * @param stack tensors for which fitsCodedLinear holds; `planes` as for createSegments
   * @throws EngineError 'bad-file', 'unsupported-model', 'out-of-memory'
   */
  constructor(
    label: string,
    stack: {
      readonly parts: readonly StackedTensor[];
      readonly columns: number;
      readonly planes?: boolean;
    } & StackPlace,
    context: BuildContext,
    sinks: Map<string, TensorSink | WordSink>,
  ) {
    this.#label = label;
    this.#stride = stack.stride;
    this.columns = stack.columns;
    this.#segments = createSegments(label, stack, context, sinks);
  }

  /** Bytes that one product reads. */
  get bytes(): number {
    return this.#segments.reduce((sum, { matrix }) => sum + matrix.bytes, 0);
  }

  /** True if some of the matrices are bit planes, and so must be the activations. */
  get readsPlanes(): boolean {
    return this.#segments.some(({ matrix }) => matrix.storage.layout === 'P');
  }

  /** The matrices, for kernels of other arithmetic or fused ones. */
  get segments(): readonly StackSegment[] {
    return this.#segments;
  }

  /** Adds y[T, stride] (+)= W x to a graph, in the rows of this stack, one dispatch per shard. */
  addTo(
    builder: GraphBuilder,
    mode: PassMode,
    input: QuantizedActivations,
    out: GPUBuffer,
    { accumulate }: { readonly accumulate: boolean },
  ): void {
    for (const { matrix, firstRow } of this.#segments) {
      for (const shard of matrix.shards) {
        const place = { storage: matrix.storage, shard, firstRow: firstRow + shard.firstRow };
        this.#addShard(builder, mode, place, { input, out, accumulate });
      }
    }
  }

  #addShard(builder: GraphBuilder, mode: PassMode, place: ShardPlace, operands: ShardOperands): void {
    const { storage, shard, firstRow } = place;
    const { input, out, accumulate } = operands;
    // Whole sums of ternary codes have a faster kernel, in decoding those of bit planes alone.
    const mayBeTernary = mode === 'prefill' || storage.layout === 'P';
    if (mayBeTernary && this.#isTernaryByRow(place) && input.block === this.columns) {
      const { weights, rowScale } = shard;
      const matrix = { layout: storage.layout, rows: this.#stride, columns: this.columns, weights, rowScale };
      addTernaryProduct(builder, mode, { label: this.#label, ...matrix }, input, out, { accumulate });
      return;
    }
    builder.add({
      label: this.#label,
      kernel: mode === 'prefill' ? matmulInt8 : matvecInt8,
      layout: storage.layout,
      overrides: mode === 'prefill' ? {} : this.#overridesFor(storage, input.block),
      buffers: {
        w: shard.weights,
        row_scale: shard.rowScale,
        row_min: shard.rowMin,
        q: storage.layout === 'P' ? this.#planesOf(input) : input.q,
        q_scale: input.scale,
        out,
      },
      params: {
        m: shard.rowCount,
        k: this.columns,
        group: storage.groupSize,
        block: input.block,
        first_row: firstRow,
        stride: this.#stride,
        accumulate: accumulate ? 1 : 0,
        minima: storage.minima ? 1 : 0,
      },
    });
  }

  // The whole result in one buffer, ternary (in bit planes also binary) with one scale per row.
  #isTernaryByRow({ storage: { layout, groupSize, minima }, shard }: ShardPlace): boolean {
    const isTernary = layout === 'T2' || layout === 'P';
    return isTernary && groupSize === this.columns && !minima && shard.rowCount === this.#stride;
  }

  // What the products of a few tokens with bit planes may rely on.
  #overridesFor({ layout, groupSize, minima }: RowStorage, block: number): Readonly<Record<string, number>> {
    if (layout !== 'P') return {};
    const hasCellScales = groupSize % P_CELL_COLUMNS === 0 && block % P_CELL_COLUMNS === 0;
    return { CELL_SCALES: hasCellScales && !minima ? 1 : 0 };
  }

  #planesOf({ planes }: QuantizedActivations): GPUBuffer {
    if (planes === null) throw new Error(`${this.#label} needs bit planes`);
    return planes;
  }

  /**
   * Adds y[C, stride] (+)= (W + outliers) x of a few tokens to a graph: one dispatch per shard, with bit planes two.
   * @returns false, having added nothing, when the outliers are not stored as the fused product reads them
   */
  addWithOutliers(
    builder: GraphBuilder,
    outlierSide: OutlierSide,
    input: QuantizedActivations,
    out: GPUBuffer,
    { accumulate }: { readonly accumulate: boolean },
  ): boolean {
    const { channels } = outlierSide;
    const products = this.#segments.flatMap(({ matrix, firstRow }) =>
      matrix.shards.map((shard) => ({
        storage: matrix.storage,
        shard,
        firstRow: firstRow + shard.firstRow,
        outliers: outlierSide.operandsOf(firstRow + shard.firstRow, shard.rowCount),
      })),
    );
    const fits = products.every(({ storage, outliers }) => outliers !== null && !storage.minima);
    if (!fits) return false;
    for (const { storage, shard, firstRow, outliers } of products) {
      if (outliers === null) continue;
      const side = {
        outlier_w: outliers.weights,
        outlier_scale: outliers.scale,
        outlier_index: outliers.index,
      };
      const common = {
        m: shard.rowCount,
        k: this.columns,
        block: input.block,
        first_row: firstRow,
        stride: this.#stride,
      };
      if (storage.layout === 'P') {
        const operands = { input, out, accumulate };
        this.#addShard(builder, 'decode', { storage, shard, firstRow }, operands);
        builder.add({
          label: `${this.#label} outliers`,
          kernel: outlierProduct,
          overrides: { ONE_SCALE: input.block === this.columns ? 1 : 0 },
          buffers: { ...side, q: input.q, q_scale: input.scale, out },
          params: { ...common, outliers: channels },
        });
        continue;
      }
      builder.add({
        label: this.#label,
        kernel: matvecOutlier,
        layout: storage.layout,
        overrides: { ONE_SCALE: storage.groupSize === this.columns && input.block === this.columns ? 1 : 0 },
        buffers: {
          w: shard.weights,
          row_scale: shard.rowScale,
          q: input.q,
          q_scale: input.scale,
          ...side,
          out,
        },
        params: {
          ...common,
          group: storage.groupSize,
          accumulate: accumulate ? 1 : 0,
          outliers: channels,
        },
      });
    }
    return true;
  }
}

/** Rows of one buffer, and where they are in the result. */
interface ShardPlace {
  readonly storage: RowStorage;
  readonly shard: Shard;
  readonly firstRow: number;
}

/** What the product of a shard reads and writes. */
interface ShardOperands {
  readonly input: QuantizedActivations;
  readonly out: GPUBuffer;
  readonly accumulate: boolean;
}
