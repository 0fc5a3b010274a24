// Single weights of a matrix that are kept in higher precision, N of every 32 columns, added to its product.
import { sparseProduct } from '../../../shaders/sparse-product/kernel.ts';
import { EngineError } from '../../errors.ts';
import type { GraphBuilder } from '../../gpu/graph.ts';
import { SPARSE_BLOCK_COLUMNS, sideTensorNames } from '../../quant/quantization-metadata.ts';
import type { BuildContext, TensorSink, WordSink } from '../architecture.ts';
import type { SideInput } from './outlier-side.ts';
import type { StackedTensor, StackPlace } from './stacked-tensor.ts';

/** Entries in JavaScript memory at once during a load, at most. */
const WINDOW_WORDS = 2 ** 20;

/** True if the file has single weights beside this matrix. */
export function hasSparseSide(tensor: string, context: BuildContext): boolean {
  return context.tensors.has(sideTensorNames(tensor).sparse);
}

/** Kept weights of one matrix. Its buffers belong to the pool. */
export class SparseSide {
  readonly #label: string;
  readonly #rows: number;
  readonly #columns: number;
  readonly #place: StackPlace;
  readonly #words: number;
  readonly #entries: GPUBuffer;
  readonly #scale: GPUBuffer;
  readonly #device: GPUDevice;

  /**
   * Allocates the buffers, adds the sinks.
   * @param columns width of the matrix
   * @throws EngineError 'bad-file' for other than 2 or 4 entries per 32 columns, 'out-of-memory'
   */
  constructor(
    part: StackedTensor,
    columns: number,
    place: StackPlace,
    context: BuildContext,
    sinks: Map<string, TensorSink | WordSink>,
  ) {
    const { sparse, sparseScale } = sideTensorNames(part.tensor);
    this.#label = sparse;
    this.#rows = part.rows;
    this.#columns = columns;
    this.#place = place;
    this.#device = context.gpu.device;
    this.#words = context.tensors.openWords(sparse).columns;
    const slots = this.#slots;
    if (slots !== 2 && slots !== 4) {
      throw new EngineError(
        'bad-file',
        `Tensor ${sparse} has ${slots} entries per ${SPARSE_BLOCK_COLUMNS} columns of ${columns}; expected 2 or 4. The file is damaged or made by a faulty converter; quantise the model again.`,
        { details: { tensor: sparse, slots } },
      );
    }
    this.#entries = context.pool.storage(sparse, part.rows * this.#words * 4, 'weights');
    this.#scale = context.pool.storage(sparseScale, part.rows * 4, 'weights');
    this.#addSinks(sparse, sparseScale, sinks);
  }

  get #slots(): number {
    return (this.#words * 2 * SPARSE_BLOCK_COLUMNS) / this.#columns;
  }

  #addSinks(sparse: string, sparseScale: string, sinks: Map<string, TensorSink | WordSink>): void {
    const { queue } = this.#device;
    const words = this.#words;
    sinks.set(sparse, {
      rows: this.#rows,
      columns: words,
      consumeWords: async (reader, signal) => {
        const window = Math.max(1, Math.floor(WINDOW_WORDS / words));
        for (let row = 0; row < reader.rows; row += window) {
          const read = await reader.readWords(row, Math.min(window, reader.rows - row), signal);
          queue.writeBuffer(this.#entries, row * words * 4, read as GPUAllowSharedBufferSource);
        }
      },
    });
    sinks.set(sparseScale, {
      rows: 1,
      columns: this.#rows,
      consume: async (reader, signal) => {
        const values = await reader.readFloats(0, 1, signal);
        queue.writeBuffer(this.#scale, 0, values as GPUAllowSharedBufferSource);
      },
    });
  }

  /** Bytes that one product reads. */
  get bytes(): number {
    return this.#rows * (this.#words + 1) * 4;
  }

  /** Adds out[T, stride] += kept weights times x to a graph. */
  addTo(builder: GraphBuilder, input: SideInput, out: GPUBuffer): void {
    const { firstRow, stride } = this.#place;
    builder.add({
      label: this.#label,
      kernel: sparseProduct,
      buffers: { entries: this.#entries, scale: this.#scale, x: input.x, x_scale: input.scale, out },
      params: {
        m: this.#rows,
        k: this.#columns,
        slots: this.#slots,
        block: input.block,
        first_row: firstRow,
        stride,
      },
    });
  }
}
