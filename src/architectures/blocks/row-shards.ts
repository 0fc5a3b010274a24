// Rows of a matrix on the device in one layout, sharded over buffers so that each fits one binding.
// Reads tensors of any storage format; what reads the rows again is a linear layer or a table of tokens.
import { B1_CELL_COLUMNS, b1RowBytes, packB1 } from '../../../shaders/layouts/b1/layout.ts';
import { bf16RowBytes, packBf16 } from '../../../shaders/layouts/bf16/layout.ts';
import { f16RowBytes, packF16 } from '../../../shaders/layouts/f16/layout.ts';
import { f32RowBytes } from '../../../shaders/layouts/f32/layout.ts';
import { type LayoutName, type RowShard, shardRows } from '../../../shaders/layouts/layout.ts';
import { P_CELL_COLUMNS, packP, pRowBytes } from '../../../shaders/layouts/p/layout.ts';
import { packT2, T2_CELL_COLUMNS } from '../../../shaders/layouts/t2/layout.ts';
import { packW4, W4_CELL_COLUMNS, w4RowBytes } from '../../../shaders/layouts/w4/layout.ts';
import { quantizeRowsToInt8, W8_CELL_COLUMNS, w8RowBytes } from '../../../shaders/layouts/w8/layout.ts';
import { EngineError } from '../../errors.ts';
import type { WeightContent } from '../../gpu/buffers.ts';
import type { CodeKind, TensorReader } from '../../quant/format.ts';
import type { BuildContext } from '../architecture.ts';
import type { GpuRepack } from './gpu-repack.ts';
import { type RowWindow, readAhead, rowWindows } from './row-windows.ts';

/** How rows are kept on the device. */
export interface RowStorage {
  readonly layout: LayoutName;
  /** Columns that share one scale; all of them for floats. */
  readonly groupSize: number;
  /** True when each group has a minimum besides its scale. */
  readonly minima: boolean;
}

/** A run of rows in buffers of its own. */
export interface Shard extends RowShard {
  readonly weights: GPUBuffer;
  /** [rowCount, K / groupSize] f32. */
  readonly rowScale: GPUBuffer;
  /** [rowCount, K / groupSize] f32 with minima, else the same buffer as rowScale. */
  readonly rowMin: GPUBuffer;
}

/** Room behind the rows of each shard, which RowShards leaves alone. */
export interface RowTail {
  readonly bytesPerRow: number;
  /** Besides those of the rows. */
  readonly bytes: number;
}

/** Weights that are in JavaScript memory at once during a load, at most. */
const WINDOW_WEIGHTS = 2 ** 20;

const ROW_BYTES: Readonly<Record<LayoutName, (columns: number) => number>> = {
  F32: f32RowBytes,
  F16: f16RowBytes,
  BF16: bf16RowBytes,
  W8: w8RowBytes,
  W4: w4RowBytes,
  T2: (columns) => columns / 4,
  P: pRowBytes,
  B1: b1RowBytes,
};

const CODE_LAYOUTS: Readonly<
  Record<CodeKind, { readonly layout: LayoutName; readonly cellColumns: number }>
> = {
  int8: { layout: 'W8', cellColumns: W8_CELL_COLUMNS },
  int4: { layout: 'W4', cellColumns: W4_CELL_COLUMNS },
  ternary: { layout: 'T2', cellColumns: T2_CELL_COLUMNS },
  binary: { layout: 'B1', cellColumns: B1_CELL_COLUMNS },
};

/** The smallest storage that keeps every value of a tensor: codes as codes, floats as floats. */
export function exactStorage(reader: TensorReader): RowStorage {
  const { columns } = reader;
  if (reader.kind === 'float') {
    const upperHalf = reader.isBfloat16 ? 'BF16' : 'F32';
    return { layout: reader.isBinary16 ? 'F16' : upperHalf, groupSize: columns, minima: false };
  }
  const { layout, cellColumns } = CODE_LAYOUTS[reader.kind];
  return {
    layout: columns % cellColumns === 0 ? layout : 'W8',
    groupSize: reader.groupSize,
    minima: reader.hasMinima ?? false,
  };
}

/** Columns of a word of a bit plane: scales cannot change within. */
const PLANE_COLUMNS = 32;

/** Bit planes of ternary and binary codes, which the int8 products read too; null where a tensor does not fit them. */
export function planeStorage(reader: TensorReader): RowStorage | null {
  if (reader.kind !== 'ternary' && reader.kind !== 'binary') return null;
  const { columns, groupSize, hasMinima: minima = false } = reader;
  const fits = columns % P_CELL_COLUMNS === 0 && groupSize % PLANE_COLUMNS === 0;
  return fits ? { layout: 'P', groupSize, minima } : null;
}

/** Int8 with one scale per row: any tensor fits, most lose a little. */
export function int8Storage(columns: number): RowStorage {
  return { layout: 'W8', groupSize: columns, minima: false };
}

/** True when two matrices can lie in the same buffers. */
export function sameStorage(a: RowStorage, b: RowStorage): boolean {
  return a.layout === b.layout && a.groupSize === b.groupSize && a.minima === b.minima;
}

/** Bytes of one row on the device, scales and minima included. */
export function storageRowBytes({ layout, groupSize, minima }: RowStorage, columns: number): number {
  return ROW_BYTES[layout](columns) + (columns / groupSize) * 4 * (minima ? 2 : 1);
}

/** A matrix [rows, columns] in shards. Its buffers belong to the pool. */
export class RowShards {
  readonly rows: number;
  readonly columns: number;
  readonly storage: RowStorage;
  readonly shards: readonly Shard[];
  readonly #device: GPUDevice;
  readonly #repack: GpuRepack | undefined;

  /**
   * @param size.tail default: no room behind the rows
   * @throws EngineError 'unsupported-model' for unsupported widths, 'out-of-memory'
   */
  constructor(
    label: string,
    size: { readonly rows: number; readonly columns: number; readonly tail?: RowTail },
    storage: RowStorage,
    context: BuildContext,
  ) {
    const { rows, columns, tail = { bytesPerRow: 0, bytes: 0 } } = size;
    if (columns % W8_CELL_COLUMNS !== 0 || storage.groupSize % W8_CELL_COLUMNS !== 0) {
      throw new EngineError(
        'unsupported-model',
        `Tensor ${label} has ${columns} columns in groups of ${storage.groupSize}; multiples of ${W8_CELL_COLUMNS} are needed. This model's sizes are not supported.`,
        { details: { tensor: label, columns } },
      );
    }
    this.rows = rows;
    this.columns = columns;
    this.storage = storage;
    this.#device = context.gpu.device;
    this.#repack = context.repack;
    const limit = this.#device.limits.maxStorageBufferBindingSize;
    const { layout } = storage;
    const allocate = (what: string, bytes: number, content: WeightContent) =>
      context.pool.weights(`${label} ${what}`, bytes, content);
    const rowBytes = this.#rowBytes + tail.bytesPerRow;
    this.shards = shardRows(rows, rowBytes, limit - tail.bytes).map((shard, index) => {
      const codes = { kind: 'codes', layout, columns } as const;
      const weights = allocate(`${layout} ${index}`, shard.rowCount * rowBytes + tail.bytes, codes);
      const scaleBytes = shard.rowCount * this.#scaleBytes;
      const rowScale = allocate(`scales ${index}`, scaleBytes, { kind: 'scales', layout, columns });
      const rowMin = storage.minima
        ? allocate(`minima ${index}`, scaleBytes, { kind: 'constant', value: 0 })
        : rowScale;
      return { ...shard, weights, rowScale, rowMin };
    });
  }

  get #rowBytes(): number {
    return ROW_BYTES[this.storage.layout](this.columns);
  }

  get #scaleBytes(): number {
    return (this.columns / this.storage.groupSize) * 4;
  }

  /** Bytes that one product with the whole matrix reads. */
  get bytes(): number {
    return this.rows * storageRowBytes(this.storage, this.columns);
  }

  /**
   * Reads a tensor in windows and uploads it as rows [firstRow, firstRow + reader.rows); on the GPU where that can repack
   * it, and then errors of the data come from GpuRepack.finish().
   */
  async consume(reader: TensorReader, firstRow: number, signal?: AbortSignal): Promise<void> {
    const job = this.#repack?.begin(reader, this.storage, () => this.#encode(reader, firstRow, signal));
    if (!this.#repack || !job) return this.#encode(reader, firstRow, signal);
    for (const { shard, rows, row } of this.#parts(firstRow, reader.rows)) {
      const { weights: cells, rowScale: scales, rowMin } = shard;
      const target = { cells, scales, minima: this.storage.minima ? rowMin : null, row };
      await this.#repack.write(job, rows, target, signal);
    }
  }

  async #encode(reader: TensorReader, firstRow: number, signal?: AbortSignal): Promise<void> {
    const windowRows = Math.max(1, Math.floor(WINDOW_WEIGHTS / this.columns));
    for (const { shard, rows, row } of this.#parts(firstRow, reader.rows)) {
      await readAhead(
        rowWindows(rows.first, rows.first + rows.count, windowRows),
        (window) => encodeRows(reader, this.storage, window, signal),
        (encoded, { first }) => {
          signal?.throwIfAborted();
          this.#write(shard, row + first - rows.first, encoded);
        },
      );
    }
  }

  // The shards that hold some of the rows [firstRow, firstRow + count): which of the tensor, and from which row of theirs.
  *#parts(firstRow: number, count: number): Generator<{ shard: Shard; rows: RowWindow; row: number }> {
    for (const shard of this.shards) {
      const first = Math.max(shard.firstRow, firstRow);
      const end = Math.min(shard.firstRow + shard.rowCount, firstRow + count);
      if (first >= end) continue;
      yield { shard, rows: { first: first - firstRow, count: end - first }, row: first - shard.firstRow };
    }
  }

  #write(shard: Shard, row: number, { cells, scales, minima }: EncodedRows): void {
    const { queue } = this.#device;
    queue.writeBuffer(shard.weights, row * this.#rowBytes, cells as GPUAllowSharedBufferSource);
    const at = row * this.#scaleBytes;
    queue.writeBuffer(shard.rowScale, at, scales as GPUAllowSharedBufferSource);
    if (minima) queue.writeBuffer(shard.rowMin, at, minima as GPUAllowSharedBufferSource);
  }
}

interface EncodedRows {
  readonly cells: ArrayBufferView;
  readonly scales: Float32Array;
  readonly minima?: Float32Array;
}

async function encodeRows(
  reader: TensorReader,
  storage: RowStorage,
  { first, count }: RowWindow,
  signal?: AbortSignal,
): Promise<EncodedRows> {
  const { layout, groupSize, minima } = storage;
  if (layout === 'F16' || layout === 'BF16' || layout === 'F32') {
    const scales = new Float32Array(count).fill(1);
    if (reader.stored?.format === layout) {
      return { cells: await reader.stored.read(first, count, signal), scales }; // the layout is the storage format
    }
    return { cells: packFloats(await reader.readFloats(first, count, signal), layout), scales };
  }
  const keepsCodes =
    reader.kind !== 'float' && reader.groupSize === groupSize && (reader.hasMinima ?? false) === minima;
  if (!keepsCodes) {
    const { codes, scales } = quantizeRowsToInt8(
      await reader.readFloats(first, count, signal),
      reader.columns,
    );
    return { cells: codes, scales };
  }
  const coded = await reader.readCodes(first, count, signal);
  return { cells: packCodes(coded.codes, layout), scales: coded.scales, minima: coded.minima };
}

function packFloats(floats: Float32Array, layout: 'F16' | 'BF16' | 'F32'): ArrayBufferView {
  if (layout === 'F16') return packF16(floats);
  return layout === 'BF16' ? packBf16(floats) : floats;
}

function packCodes(codes: Int8Array, layout: Exclude<LayoutName, 'F16' | 'BF16' | 'F32'>): ArrayBufferView {
  if (layout === 'T2') return packT2(codes);
  if (layout === 'P') return packP(codes);
  if (layout === 'W4') return packW4(codes);
  return layout === 'B1' ? packB1(codes) : codes;
}
