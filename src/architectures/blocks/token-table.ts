// A table with one row per token of the vocabulary: the embedding, the LM head, or both when they are tied.
// Adds the gather and the head product to a graph.
import { embed } from '../../../shaders/embed/kernel.ts';
import type { GraphBuilder } from '../../gpu/graph.ts';
import type { TensorReader } from '../../quant/format.ts';
import type { BuildContext, HeadPrecision, TensorSink } from '../architecture.ts';
import { addFloatProduct } from './float-product.ts';
import { exactStorage, int8Storage, RowShards, type RowStorage } from './row-shards.ts';
import type { PassMode } from './stacked-tensor.ts';

/** Table [vocabulary, hidden]. Its buffers belong to the pool. */
export class TokenTable {
  readonly #label: string;
  readonly #table: RowShards;

  /** @throws EngineError 'unsupported-model' for unsupported widths, 'out-of-memory' */
  constructor(label: string, table: RowShards) {
    this.#label = label;
    this.#table = table;
  }

  /** Bytes that one head product reads. */
  get bytes(): number {
    return this.#table.bytes;
  }

  /** Adds x[T, columns] = table[ids[T]]. */
  addGather(builder: GraphBuilder, ids: GPUBuffer, out: GPUBuffer): void {
    const { columns, storage } = this.#table;
    for (const shard of this.#table.shards) {
      builder.add({
        label: `${this.#label} gather`,
        kernel: embed,
        layout: storage.layout,
        buffers: { ids, w: shard.weights, row_scale: shard.rowScale, row_min: shard.rowMin, out },
        params: {
          k: columns,
          group: storage.groupSize,
          first_row: shard.firstRow,
          row_count: shard.rowCount,
          minima: storage.minima ? 1 : 0,
        },
      });
    }
  }

  /** Adds logits[T, rows] = table x for x[T, columns] f32; `decode` is for one token. */
  addHead(builder: GraphBuilder, x: GPUBuffer, logits: GPUBuffer, mode: PassMode = 'decode'): void {
    addFloatProduct(builder, mode, `${this.#label} head`, {
      matrix: this.#table,
      firstRow: 0,
      stride: this.#table.rows,
      x,
      out: logits,
      accumulate: false,
    });
  }
}

/**
 * Storage of embedding and head. `file` keeps every value. `int8` takes one scale per row, except that codes of fewer
 * bits stay as they are: they are smaller and exact.
 */
export function tableStorage(reader: TensorReader, precision: HeadPrecision): RowStorage {
  const fewBits = reader.kind === 'int4' || reader.kind === 'ternary' || reader.kind === 'binary';
  return precision === 'file' || fewBits ? exactStorage(reader) : int8Storage(reader.columns);
}

/**
 * Allocates the table of a tensor [vocabulary, hidden] of the file and adds its sink.
 * @throws EngineError 'bad-file', 'unsupported-model', 'out-of-memory'
 */
export function createTokenTable(
  tensor: string,
  size: { readonly vocabularySize: number; readonly hiddenSize: number },
  context: BuildContext,
  sinks: Map<string, TensorSink>,
): TokenTable {
  const storage = tableStorage(context.tensors.open(tensor), context.headPrecision);
  const shape = { rows: size.vocabularySize, columns: size.hiddenSize };
  const table = new RowShards(tensor, shape, storage, context);
  sinks.set(tensor, { ...shape, consume: (reader, signal) => table.consume(reader, 0, signal) });
  return new TokenTable(tensor, table);
}
