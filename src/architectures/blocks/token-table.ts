// A table with one row per token of the vocabulary: the embedding, the LM head, or both when they are tied.
// Sharded over buffers so that each fits one binding. Adds the gather and the head product to a graph.
import { embed } from '../../../shaders/embed/kernel.ts';
import { F16_CELL_COLUMNS, f16RowBytes, packF16 } from '../../../shaders/layouts/f16/layout.ts';
import { f32RowBytes } from '../../../shaders/layouts/f32/layout.ts';
import { type LayoutName, type RowShard, shardRows } from '../../../shaders/layouts/layout.ts';
import { quantizeRowsToInt8, W8_CELL_COLUMNS, w8RowBytes } from '../../../shaders/layouts/w8/layout.ts';
import { matvecFloat } from '../../../shaders/matvec-float/kernel.ts';
import { EngineError } from '../../errors.ts';
import type { GgufFile } from '../../gguf/reader.ts';
import type { GraphBuilder } from '../../gpu/graph.ts';
import type { TensorReader } from '../../quant/format.ts';
import type { BuildContext, TensorSink } from '../architecture.ts';

/** Layouts that a token table can have. */
export type TableLayout = Extract<LayoutName, 'W8' | 'F16' | 'F32'>;

interface Shard extends RowShard {
  readonly weights: GPUBuffer;
  readonly rowScale: GPUBuffer;
}

/** Floats of at most this many weights are in JavaScript memory at once during a load. */
const WINDOW_WEIGHTS = 2 ** 20;

const ROW_BYTES = { W8: w8RowBytes, F16: f16RowBytes, F32: f32RowBytes } as const;

/** Table [rows, columns] with one scale per `groupSize` columns. Its buffers belong to the pool. */
export class TokenTable {
  readonly rows: number;
  readonly columns: number;
  readonly layout: TableLayout;
  readonly #label: string;
  readonly #groupSize: number;
  readonly #shards: readonly Shard[];
  readonly #device: GPUDevice;

  /**
   * @param groupSize columns per scale: `columns` for one per row, 32 for Q8_0 kept as stored
   * @throws EngineError 'unsupported-model' for unsupported widths, 'out-of-memory'
   */
  constructor(
    label: string,
    size: { readonly rows: number; readonly columns: number; readonly groupSize: number },
    layout: TableLayout,
    context: BuildContext,
  ) {
    if (size.columns % W8_CELL_COLUMNS !== 0 || size.columns % F16_CELL_COLUMNS !== 0) {
      throw new EngineError(
        'unsupported-model',
        `Tensor ${label} has ${size.columns} columns; a multiple of ${W8_CELL_COLUMNS} is needed. This model's sizes are not supported.`,
        { details: { tensor: label, columns: size.columns } },
      );
    }
    this.#label = label;
    this.rows = size.rows;
    this.columns = size.columns;
    this.layout = layout;
    this.#groupSize = size.groupSize;
    this.#device = context.gpu.device;
    const limit = context.gpu.device.limits.maxStorageBufferBindingSize;
    const rowBytes = ROW_BYTES[layout](size.columns);
    const scaleBytes = (size.columns / size.groupSize) * 4;
    this.#shards = shardRows(size.rows, rowBytes, limit).map((shard, index) => ({
      ...shard,
      weights: context.pool.storage(
        `${label} ${layout} shard ${index}`,
        shard.rowCount * rowBytes,
        'weights',
      ),
      rowScale: context.pool.storage(`${label} scales ${index}`, shard.rowCount * scaleBytes, 'weights'),
    }));
  }

  /** Bytes that one head product reads. */
  get bytes(): number {
    return this.rows * (ROW_BYTES[this.layout](this.columns) + (this.columns / this.#groupSize) * 4);
  }

  /** The sink of the table's tensor. */
  sink(): TensorSink {
    return {
      rows: this.rows,
      columns: this.columns,
      consume: (reader, signal) => this.#consume(reader, signal),
    };
  }

  async #consume(reader: TensorReader, signal?: AbortSignal): Promise<void> {
    const windowRows = Math.max(1, Math.floor(WINDOW_WEIGHTS / this.columns));
    for (const shard of this.#shards) {
      for (let row = 0; row < shard.rowCount; row += windowRows) {
        const count = Math.min(windowRows, shard.rowCount - row);
        await this.#upload(reader, shard, row, count, signal);
      }
    }
  }

  async #upload(
    reader: TensorReader,
    shard: Shard,
    row: number,
    count: number,
    signal?: AbortSignal,
  ): Promise<void> {
    const { codes, scales } = await this.#encode(reader, shard.firstRow + row, count, signal);
    const rowBytes = ROW_BYTES[this.layout](this.columns);
    const scaleBytes = (this.columns / this.#groupSize) * 4;
    this.#device.queue.writeBuffer(shard.weights, row * rowBytes, codes as GPUAllowSharedBufferSource);
    this.#device.queue.writeBuffer(shard.rowScale, row * scaleBytes, scales as GPUAllowSharedBufferSource);
  }

  async #encode(
    reader: TensorReader,
    firstRow: number,
    count: number,
    signal?: AbortSignal,
  ): Promise<{ codes: ArrayBufferView; scales: Float32Array }> {
    if (this.layout === 'W8' && reader.kind === 'int8' && reader.groupSize === this.#groupSize) {
      return reader.readCodes(firstRow, count, signal);
    }
    const floats = await reader.readFloats(firstRow, count, signal);
    if (this.layout === 'W8') return quantizeRowsToInt8(floats, this.columns);
    const scales = new Float32Array(count).fill(1);
    return { codes: this.layout === 'F16' ? packF16(floats) : floats, scales };
  }

  /** Adds x[T, columns] = table[ids[T]]. */
  addGather(builder: GraphBuilder, ids: GPUBuffer, out: GPUBuffer): void {
    for (const shard of this.#shards) {
      builder.add({
        label: `${this.#label} gather`,
        kernel: embed,
        layout: this.layout,
        buffers: { ids, w: shard.weights, row_scale: shard.rowScale, row_min: shard.rowScale, out },
        params: {
          k: this.columns,
          group: this.#groupSize,
          first_row: shard.firstRow,
          row_count: shard.rowCount,
          minima: 0,
        },
      });
    }
  }

  /** Adds logits[rows] = table x for one vector x[columns] f32. */
  addHead(builder: GraphBuilder, x: GPUBuffer, logits: GPUBuffer): void {
    for (const shard of this.#shards) {
      builder.add({
        label: `${this.#label} head`,
        kernel: matvecFloat,
        layout: this.layout,
        buffers: { w: shard.weights, row_scale: shard.rowScale, row_min: shard.rowScale, x, out: logits },
        params: {
          m: shard.rowCount,
          k: this.columns,
          group: this.#groupSize,
          first_row: shard.firstRow,
          stride: this.rows,
          accumulate: 0,
          minima: 0,
        },
      });
    }
  }
}

// On `file` precision: floats keep F16 or F32 (BF16 becomes F32, which holds it exactly), Q8_0 keeps its groups of 32.
const FILE_LAYOUTS: Readonly<Record<number, { layout: TableLayout; groupSize?: number }>> = {
  0: { layout: 'F32' },
  1: { layout: 'F16' },
  8: { layout: 'W8', groupSize: 32 },
  30: { layout: 'F32' },
};

/**
 * Allocates the table of a tensor [vocabulary, hidden] of the file and adds its sink.
 * The layout follows context.headPrecision and the tensor's type.
 */
export function createTokenTable(
  tensor: string,
  file: GgufFile,
  size: { readonly vocabularySize: number; readonly hiddenSize: number },
  context: BuildContext,
  sinks: Map<string, TensorSink>,
): TokenTable {
  const type = file.tensors.find((entry) => entry.name === tensor)?.type;
  const stored = type === undefined ? undefined : FILE_LAYOUTS[type];
  const { layout, groupSize } = (context.headPrecision === 'file' && stored) || { layout: 'W8' as const };
  const columns = size.hiddenSize;
  const shape = { rows: size.vocabularySize, columns, groupSize: groupSize ?? columns };
  const table = new TokenTable(tensor, shape, layout, context);
  sinks.set(tensor, table.sink());
  return table;
}
