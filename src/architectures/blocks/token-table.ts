// A table with one row per token of the vocabulary: the embedding, the LM head, or both when they are tied.
// Adds the gather and the head product to a graph.
import { embed } from '../../../shaders/embed/kernel.ts';
import { hadamard } from '../../../shaders/hadamard/kernel.ts';
import { EngineError } from '../../errors.ts';
import type { GraphBuilder } from '../../gpu/graph.ts';
import type { FloatReader, TensorReader } from '../../quant/format.ts';
import type { BuildContext, HeadPrecision, TensorSink, WordSink } from '../architecture.ts';
import { addFloatProduct } from './float-product.ts';
import { codesOfInt4, INT4_GROUP, largestBlock, planesOfInt6, rotateBlocks } from './head-codes.ts';
import { type DeviceRotation, uploadRotation } from './input-rotation.ts';
import { exactStorage, int8Storage, RowShards, type RowStorage } from './row-shards.ts';

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

  /** Bytes that one head product reads. */
  get bytes(): number {
    return this.#planes.reduce((sum, plane) => sum + plane.bytes, 0);
  }

  /** Adds x[T, columns] = table[ids[T]]; not for a table whose input is rotated. */
  addGather(builder: GraphBuilder, ids: GPUBuffer, out: GPUBuffer): void {
    this.#planes.forEach(({ columns, storage, shards }, plane) => {
      for (const shard of shards) {
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
            accumulate: plane > 0 ? 1 : 0,
          },
        });
      }
    });
  }

  /**
   * Adds logits[rows] = table x for one vector x[columns] f32.
   * @param rotated [columns] f32 of scratch, for tables that rotate x
   */
  addHead(builder: GraphBuilder, x: GPUBuffer, rotated: GPUBuffer | null, logits: GPUBuffer): void {
    const input = this.rotation === null ? x : this.#rotate(builder, x, rotated);
    this.#planes.forEach((matrix, plane) => {
      addFloatProduct(builder, 'decode', `${this.#label} head`, {
        matrix,
        firstRow: 0,
        stride: matrix.rows,
        x: input,
        out: logits,
        accumulate: plane > 0,
      });
    });
  }

  #rotate(builder: GraphBuilder, x: GPUBuffer, rotated: GPUBuffer | null): GPUBuffer {
    const { rotation } = this;
    if (rotation === null || rotated === null) throw new Error(`${this.#label}: no room for a rotated input`);
    const { block, signs } = rotation;
    builder.add({
      label: `${this.#label} rotate`,
      kernel: hadamard,
      buffers: { x, diagonal: signs ?? x, out: rotated },
      params: {
        ...{ k: this.#planes[0].columns, block, group: 0 },
        ...{ diagonal: signs === null ? 0 : 1, norm: 0, epsilon: 0 },
      },
    });
    return rotated;
  }
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
  const isRotated = headPrecision === 'int4-hadamard';
  if (!size.tiedHead) {
    // Only the head is read whole for every token: the embedding keeps more bits.
    const precision = headPrecision === 'file' ? 'file' : 'int8';
    const embedding = createTables(EMBEDDING, size, [precision], context, sinks)[0];
    return { embedding, head: createTables(HEAD, size, [headPrecision], context, sinks)[0] };
  }
  const precisions: readonly HeadPrecision[] = isRotated ? [headPrecision, 'int8'] : [headPrecision];
  const [head, embedding = head] = createTables(EMBEDDING, size, precisions, context, sinks);
  return { embedding, head };
}

// Codes of few bits stay as they are: they are small and exact.
function hasFewBits(reader: TensorReader): boolean {
  return reader.kind === 'int4' || reader.kind === 'ternary' || reader.kind === 'binary';
}

/** A table and how a window of the tensor comes into it. */
interface TableTarget {
  readonly table: TokenTable;
  consume(reader: TensorReader, firstRow: number, signal?: AbortSignal): Promise<void>;
}

// Tables in several precisions of one tensor [vocabulary, hidden], which is read once.
function createTables(
  tensor: string,
  { vocabularySize, hiddenSize }: TableSize,
  precisions: readonly HeadPrecision[],
  context: BuildContext,
  sinks: Map<string, TensorSink | WordSink>,
): readonly TokenTable[] {
  const reader = context.tensors.open(tensor);
  const shape = { rows: vocabularySize, columns: hiddenSize };
  const fileRotation = context.rotations?.get(tensor);
  const plain = hasFewBits(reader) || fileRotation !== undefined;
  const wanted = plain ? precisions.slice(0, 1) : precisions;
  const targets = wanted.map((precision): TableTarget => {
    if (precision === 'int6' && !plain) return int6Target(tensor, shape, context);
    if (precision === 'int4-hadamard' && !plain) return int4Target(tensor, shape, context);
    const storage =
      precision === 'file' || hasFewBits(reader) ? exactStorage(reader) : int8Storage(hiddenSize);
    const rotation = fileRotation ? uploadRotation(tensor, fileRotation, context) : null;
    return storedTarget(tensor, shape, { storage, rotation }, context);
  });
  sinks.set(tensor, { ...shape, consume: (source, signal) => consumeTables(targets, source, signal) });
  return targets.map(({ table }) => table);
}

// One table reads the tensor itself; several read windows of its values.
async function consumeTables(
  targets: readonly TableTarget[],
  reader: TensorReader,
  signal?: AbortSignal,
): Promise<void> {
  if (targets.length === 1) {
    await targets[0].consume(reader, 0, signal);
    return;
  }
  await forWindows(reader, signal, async (window, firstRow) => {
    for (const target of targets) await target.consume(window, firstRow, signal);
  });
}

async function forWindows(
  reader: TensorReader,
  signal: AbortSignal | undefined,
  use: (window: FloatReader, firstRow: number) => Promise<void>,
): Promise<void> {
  const { columns } = reader;
  const windowRows = Math.max(1, Math.floor(WINDOW_VALUES / columns));
  for (let row = 0; row < reader.rows; row += windowRows) {
    const rows = Math.min(windowRows, reader.rows - row);
    const values = await reader.readFloats(row, rows, signal);
    const window: FloatReader = {
      kind: 'float',
      rows,
      columns,
      readFloats: async (first, count) => values.slice(first * columns, (first + count) * columns),
    };
    await use(window, row);
  }
}

interface TableShape {
  readonly rows: number;
  readonly columns: number;
}

function storedTarget(
  tensor: string,
  shape: TableShape,
  { storage, rotation }: { readonly storage: RowStorage; readonly rotation: DeviceRotation | null },
  context: BuildContext,
): TableTarget {
  const plane = new RowShards(tensor, shape, storage, context);
  return {
    table: new TokenTable(tensor, [plane], rotation),
    consume: (reader, firstRow, signal) => plane.consume(reader, firstRow, signal),
  };
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
  const plane = (name: string, layout: 'W4' | 'T2') =>
    new RowShards(`${tensor} ${name}`, shape, { layout, groupSize: columns, minima: false }, context);
  const planes = [plane('high bits', 'W4'), plane('low bits', 'T2')];
  return {
    table: new TokenTable(tensor, planes),
    consume: (reader, firstRow, signal) =>
      forWindows(reader, signal, async (window, row) => {
        const coded = planesOfInt6(await window.readFloats(0, window.rows), columns);
        for (const [index, target] of planes.entries()) {
          await target.consume(coded[index], firstRow + row, signal);
        }
      }),
  };
}

function int4Target(tensor: string, shape: TableShape, context: BuildContext): TableTarget {
  const { columns } = shape;
  requireWidth(tensor, columns);
  const block = largestBlock(columns);
  const storage: RowStorage = { layout: 'W4', groupSize: INT4_GROUP, minima: false };
  const plane = new RowShards(`${tensor} rotated`, shape, storage, context);
  return {
    table: new TokenTable(tensor, [plane], { block, signs: null }),
    consume: (reader, firstRow, signal) =>
      forWindows(reader, signal, async (window, row) => {
        const values = await window.readFloats(0, window.rows);
        rotateBlocks(values, block);
        const [coded] = codesOfInt4(values, columns);
        await plane.consume(coded, firstRow + row, signal);
      }),
  };
}
