// A table with one row per token of the vocabulary: the embedding, the LM head, or both when they are tied.
// Adds the gather and the head product to a graph.
import { embed } from '../../../shaders/embed/kernel.ts';
import { hadamard } from '../../../shaders/hadamard/kernel.ts';
import { EngineError } from '../../errors.ts';
import type { GraphBuilder } from '../../gpu/graph.ts';
import type { TensorReader } from '../../quant/format.ts';
import { hadamardBlock } from '../../quant/quantization-metadata.ts';
import { rotateBlocks } from '../../util/hadamard.ts';
import type { BuildContext, HeadPrecision, TensorSink, WordSink } from '../architecture.ts';
import { addFloatProduct } from './float-product.ts';
import { codesOfInt4, INT4_GROUP, planesOfInt6 } from './head-codes.ts';
import { type DeviceRotation, uploadRotation } from './input-rotation.ts';
import { exactStorage, int8Storage, RowShards, type RowStorage } from './row-shards.ts';
import type { PassMode } from './stacked-tensor.ts';

/** Values of a table in JavaScript memory at once during a load, at most. */
const WINDOW_VALUES = 2 ** 20;

/** Table [vocabulary, hidden], the sum of its planes. Its buffers belong to the pool. */
export class TokenTable {
  /** What must be done to x before the head product; null: nothing. */
  readonly rotation: DeviceRotation | null;
  readonly #label: string;
  readonly #planes: readonly RowShards[];

  constructor(label: string, planes: readonly RowShards[], rotation: DeviceRotation | null = null) {
    this.#label = label;
    this.#planes = planes;
    this.rotation = rotation;
  }

  /** The rows, for fused kernels; null where they are rotated or lie in several planes. */
  get plainRows(): RowShards | null {
    return this.rotation === null && this.#planes.length === 1 ? this.#planes[0] : null;
  }

  /** Bytes that one head product reads. */
  get bytes(): number {
    return this.#planes.reduce((sum, plane) => sum + plane.bytes, 0);
  }

  /**
   * Adds x[T, columns] = table[ids[T]]. The rows of a rotated table are rotated back: H is its own inverse.
   * @param rotated [T, columns] f32 of scratch, for tables whose rows are rotated
   */
  addGather(builder: GraphBuilder, ids: GPUBuffer, rotated: GPUBuffer | null, out: GPUBuffer): void {
    const target = this.rotation === null ? out : need(rotated, this.#label);
    this.#planes.forEach(({ columns, storage, shards }, plane) => {
      for (const shard of shards) {
        const { weights: w, rowScale: row_scale, rowMin: row_min } = shard;
        builder.add({
          label: `${this.#label} gather`,
          kernel: embed,
          layout: storage.layout,
          buffers: { ids, w, row_scale, row_min, out: target },
          params: {
            k: columns,
            group: storage.groupSize,
            first_row: shard.firstRow,
            row_count: shard.rowCount,
            minima: storage.minima ? 1 : 0,
            accumulate: plane > 0 ? 1 : 0,
          },
        });
      }
    });
    if (this.rotation !== null) this.#rotate(builder, this.rotation, target, out);
  }

  /**
   * Adds logits[T, rows] = table x for x[T, columns] f32; `decode` is for one token.
   * @param rotated [T, columns] f32 of scratch, for tables that rotate x
   */
  addHead(
    builder: GraphBuilder,
    x: GPUBuffer,
    rotated: GPUBuffer | null,
    logits: GPUBuffer,
    mode: PassMode = 'decode',
  ): void {
    let input = x;
    if (this.rotation !== null) {
      input = need(rotated, this.#label);
      this.#rotate(builder, this.rotation, x, input);
    }
    this.#planes.forEach((matrix, plane) => {
      addFloatProduct(builder, mode, `${this.#label} head`, {
        matrix,
        firstRow: 0,
        stride: matrix.rows,
        x: input,
        out: logits,
        accumulate: plane > 0,
      });
    });
  }

  #rotate(builder: GraphBuilder, rotation: DeviceRotation, x: GPUBuffer, out: GPUBuffer): void {
    const { block, signs } = rotation;
    builder.add({
      label: `${this.#label} rotate`,
      kernel: hadamard,
      buffers: { x, diagonal: signs ?? x, out },
      params: {
        ...{ k: this.#planes[0].columns, block, group: 0 },
        ...{ diagonal: signs === null ? 0 : 1, norm: 0, epsilon: 0 },
      },
    });
  }
}

function need(rotated: GPUBuffer | null, label: string): GPUBuffer {
  if (rotated === null) throw new Error(`${label}: the scratch has no room for a rotated vector`);
  return rotated;
}

/** Embedding and head; the same object when they are one table. */
export interface TokenTables {
  readonly embedding: TokenTable;
  readonly head: TokenTable;
}

/** Sizes of the tables. */
export interface TableSize {
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  /** The head is the embedding. */
  readonly tiedHead: boolean;
}

const EMBEDDING = 'token_embd.weight';
const HEAD = 'output.weight';

/**
 * Allocates embedding and head and adds their sinks.
 * @throws EngineError 'bad-file', 'unsupported-model', 'out-of-memory'
 */
export function createTokenTables(
  size: TableSize,
  context: BuildContext,
  sinks: Map<string, TensorSink | WordSink>,
): TokenTables {
  const { headPrecision } = context;
  if (size.tiedHead) {
    const table = createTable(EMBEDDING, size, headPrecision, context, sinks);
    return { embedding: table, head: table };
  }
  // Only the head is read whole for every token: the embedding keeps more bits.
  const precision = headPrecision === 'file' ? 'file' : 'int8';
  return {
    embedding: createTable(EMBEDDING, size, precision, context, sinks),
    head: createTable(HEAD, size, headPrecision, context, sinks),
  };
}

// Codes of few bits stay as they are: they are small and exact.
function hasFewBits(reader: TensorReader): boolean {
  return reader.kind === 'int4' || reader.kind === 'ternary' || reader.kind === 'binary';
}

/**
 * Storage of a table without planes or rotation. `file` keeps every value. `int8` takes one scale per row, except that
 * codes of fewer bits stay as they are.
 */
export function tableStorage(reader: TensorReader, precision: 'file' | 'int8'): RowStorage {
  return precision === 'file' || hasFewBits(reader) ? exactStorage(reader) : int8Storage(reader.columns);
}

/** A table and how a tensor comes into it. */
interface TableTarget {
  readonly table: TokenTable;
  consume(reader: TensorReader, signal?: AbortSignal): Promise<void>;
}

function createTable(
  tensor: string,
  { vocabularySize, hiddenSize }: TableSize,
  precision: HeadPrecision,
  context: BuildContext,
  sinks: Map<string, TensorSink | WordSink>,
): TokenTable {
  const shape = { rows: vocabularySize, columns: hiddenSize };
  const { table, consume } = createTarget(tensor, shape, precision, context);
  sinks.set(tensor, { ...shape, consume });
  return table;
}

function createTarget(
  tensor: string,
  shape: TableShape,
  precision: HeadPrecision,
  context: BuildContext,
): TableTarget {
  const reader = context.tensors.open(tensor);
  const fileRotation = context.rotations?.get(tensor);
  const isPlain = hasFewBits(reader) || fileRotation !== undefined;
  if (precision === 'int6' && !isPlain) return int6Target(tensor, shape, context);
  if (precision === 'int4-hadamard' && !isPlain) return int4Target(tensor, shape, context);
  const storage = tableStorage(reader, precision === 'file' ? 'file' : 'int8');
  const rotation = fileRotation ? uploadRotation(tensor, fileRotation, context) : null;
  const plane = new RowShards(tensor, shape, storage, context);
  return {
    table: new TokenTable(tensor, [plane], rotation),
    consume: (source, signal) => plane.consume(source, 0, signal),
  };
}

async function forWindows(
  reader: TensorReader,
  signal: AbortSignal | undefined,
  use: (values: Float32Array, firstRow: number) => Promise<void>,
): Promise<void> {
  const windowRows = Math.max(1, Math.floor(WINDOW_VALUES / reader.columns));
  for (let row = 0; row < reader.rows; row += windowRows) {
    const rows = Math.min(windowRows, reader.rows - row);
    // A copy: what the reader gives may be its own memory.
    await use((await reader.readFloats(row, rows, signal)).slice(), row);
  }
}

interface TableShape {
  readonly rows: number;
  readonly columns: number;
}

// Whole cells of layout T2, whole groups of int4, and a block of a rotation: 64 columns serve them all.
function requireWidth(tensor: string, columns: number): void {
  if (columns % INT4_GROUP === 0) return;
  throw new EngineError(
    'unsupported-model',
    `Tensor ${tensor} has ${columns} columns; a head of fewer than 8 bits needs a multiple of ${INT4_GROUP}. Choose int8 for the head.`,
    { details: { tensor, columns } },
  );
}

function int6Target(tensor: string, shape: TableShape, context: BuildContext): TableTarget {
  const { columns } = shape;
  requireWidth(tensor, columns);
  const createPlane = (name: string, layout: 'W4' | 'T2') =>
    new RowShards(`${tensor} ${name}`, shape, { layout, groupSize: columns, minima: false }, context);
  const planes = [createPlane('high bits', 'W4'), createPlane('low bits', 'T2')];
  return {
    table: new TokenTable(tensor, planes),
    consume: (reader, signal) =>
      forWindows(reader, signal, async (values, row) => {
        const coded = planesOfInt6(values, columns);
        for (const [index, plane] of planes.entries()) await plane.consume(coded[index], row, signal);
      }),
  };
}

function int4Target(tensor: string, shape: TableShape, context: BuildContext): TableTarget {
  const { columns } = shape;
  requireWidth(tensor, columns);
  const block = hadamardBlock(columns) ?? INT4_GROUP; // which divides the width
  const storage: RowStorage = { layout: 'W4', groupSize: INT4_GROUP, minima: false };
  const plane = new RowShards(`${tensor} rotated`, shape, storage, context);
  return {
    table: new TokenTable(tensor, [plane], { block, signs: null }),
    consume: (reader, signal) =>
      forWindows(reader, signal, async (values, row) => {
        rotateBlocks(values, block);
        const [coded] = codesOfInt4(values, columns);
        await plane.consume(coded, row, signal);
      }),
  };
}
