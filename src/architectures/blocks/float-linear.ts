// Weight matrices of any storage format, multiplied with f32 activations: models whose weights alone are quantised.
import type { GraphBuilder } from '../../gpu/graph.ts';
import type { BuildContext, TensorSink, WordSink } from '../architecture.ts';
import { addFloatProduct } from './float-product.ts';
import {
  createSegments,
  type PassMode,
  type StackedTensor,
  type StackPlace,
  type StackSegment,
} from './stacked-tensor.ts';

/** Rows of a layer, of tensors stacked by rows, in any storage. Its buffers belong to the pool. */
export class FloatLinear {
  readonly #label: string;
  readonly #stride: number;
  readonly #segments: readonly StackSegment[];

  /**
   * Allocates the buffers, adds the sinks. Neighbours in the same storage share buffers and dispatches.
   * @throws EngineError 'bad-file', 'unsupported-model', 'out-of-memory'
   */
  constructor(
    label: string,
    stack: { readonly parts: readonly StackedTensor[]; readonly columns: number } & StackPlace,
    context: BuildContext,
    sinks: Map<string, TensorSink | WordSink>,
  ) {
    this.#label = label;
    this.#stride = stack.stride;
    this.#segments = createSegments(label, stack, context, sinks);
  }

  /** Bytes that one product reads. */
  get bytes(): number {
    return this.#segments.reduce((sum, { matrix }) => sum + matrix.bytes, 0);
  }

  /** Adds y[T, stride] (+)= W x to a graph, in the rows of this stack. */
  addTo(
    builder: GraphBuilder,
    mode: PassMode,
    x: GPUBuffer,
    out: GPUBuffer,
    { accumulate }: { readonly accumulate: boolean },
  ): void {
    for (const { matrix, firstRow } of this.#segments) {
      const product = { matrix, firstRow, stride: this.#stride, x, out, accumulate };
      addFloatProduct(builder, mode, this.#label, product);
    }
  }
}
