// A ternary weight matrix on the device, possibly several tensors of the file stacked by rows (q|k|v, gate|up).
// Chooses the device layout, takes the rows in windows, and adds the product to a graph.
import { bitPlanes } from '../../../shaders/bit-planes/kernel.ts';
import type { LayoutName } from '../../../shaders/layouts/layout.ts';
import { P_CELL_COLUMNS, packP } from '../../../shaders/layouts/p/layout.ts';
import { packT2, T2_CELL_COLUMNS } from '../../../shaders/layouts/t2/layout.ts';
import { matmulTernary } from '../../../shaders/matmul-ternary/kernel.ts';
import { matvecTernary } from '../../../shaders/matvec-ternary/kernel.ts';
import { EngineError } from '../../errors.ts';
import type { GpuContext } from '../../gpu/device.ts';
import type { GraphBuilder } from '../../gpu/graph.ts';
import type { CodedReader, CodedRows, TensorReader } from '../../quant/format.ts';
import type { BuildContext, TensorSink, WordSink } from '../architecture.ts';
import type { GpuRepack } from './gpu-repack.ts';
import { readAhead, rowWindows } from './row-windows.ts';
import type { PassMode, StackedTensor } from './stacked-tensor.ts';

/**
 * Layout for ternary weights: T2 where packed dot products or WebAssembly's vectors exist, else bit planes. SwiftShader emulates the packed dot
 * product: bit planes took half the time there (matvec 1024 x 512: 4.8 against 10 ms, 2026-11-25, Dawn, loaded machine).
 */
export function ternaryLayout(gpu: GpuContext): 'T2' | 'P' {
  if (gpu.features.has('wasm')) return 'T2';
  const emulated = gpu.adapter.architecture === 'swiftshader';
  return gpu.features.has('packed-dot') && !emulated ? 'T2' : 'P';
}

/** Room for the activations of a pass as int8: codes, their scales, and the bit planes that layout P reads. */
export interface QuantizedBuffers {
  /** [T, K/4] u32 */
  readonly q: GPUBuffer;
  /** [T, K / block] f32 */
  readonly scale: GPUBuffer;
  /** [T, K/32, 8] u32, only for layout P. */
  readonly planes: GPUBuffer | null;
}

/** Activations of a pass as int8. */
export interface QuantizedActivations extends QuantizedBuffers {
  /** Columns that share one scale: all K, or ACTIVATION_BLOCK. */
  readonly block: number;
}

/** Ternary rows with one scale each, as matvec-ternary and matmul-ternary read them. */
export interface TernaryRows {
  readonly label: string;
  /** T2 or P. */
  readonly layout: LayoutName;
  readonly rows: number;
  readonly columns: number;
  readonly weights: GPUBuffer;
  /** [rows] f32 */
  readonly rowScale: GPUBuffer;
}

/** Codes of at most this many weights are in JavaScript memory at once during a load. */
const WINDOW_WEIGHTS = 2 ** 21;

/**
 * True if a stack can be one TernaryLinear: ternary codes, one scale per row, and small enough for one binding.
 * @param rows of all tensors together
 */
export function fitsTernaryLinear(
  readers: readonly TensorReader[],
  rows: number,
  context: BuildContext,
): boolean {
  const isPlain = (reader: TensorReader) =>
    reader.kind === 'ternary' && (!context.groupedTernary || reader.groupSize === reader.columns);
  const limit = context.gpu.device.limits.maxStorageBufferBindingSize;
  return readers.every((reader) => isPlain(reader) && (rows * reader.columns) / 4 <= limit);
}

/** A ternary matrix [rows, columns]. Its buffers belong to the pool. */
export class TernaryLinear {
  readonly rows: number;
  readonly columns: number;
  readonly layout: LayoutName;
  readonly #label: string;
  readonly #weights: GPUBuffer;
  readonly #rowScale: GPUBuffer;
  readonly #device: GPUDevice;
  readonly #repack: GpuRepack | undefined;

  /**
   * Allocates the buffers and adds the sinks of the tensors.
   * @throws EngineError 'unsupported-model' when columns is not a multiple of a cell, 'out-of-memory'
   */
  constructor(
    label: string,
    parts: readonly StackedTensor[],
    columns: number,
    context: BuildContext,
    sinks: Map<string, TensorSink | WordSink>,
  ) {
    if (columns % T2_CELL_COLUMNS !== 0 || columns % P_CELL_COLUMNS !== 0) {
      throw new EngineError(
        'unsupported-model',
        `Matrix ${label} has ${columns} columns; a multiple of ${T2_CELL_COLUMNS} is needed. This model's sizes are not supported.`,
        { details: { tensor: label, columns } },
      );
    }
    this.#label = label;
    this.#device = context.gpu.device;
    this.#repack = context.repack;
    this.columns = columns;
    this.rows = parts.reduce((sum, part) => sum + part.rows, 0);
    this.layout = ternaryLayout(context.gpu);
    const { layout } = this;
    const codes = { kind: 'codes', layout, columns } as const;
    this.#weights = context.pool.weights(`${label} ${layout}`, (this.rows * columns) / 4, codes);
    const scales = { kind: 'scales', layout, columns } as const;
    this.#rowScale = context.pool.weights(`${label} row scales`, this.rows * 4, scales);
    this.#addSinks(parts, sinks);
  }

  /** Bytes that one product reads. */
  get bytes(): number {
    return (this.rows * this.columns) / 4 + this.rows * 4;
  }

  #addSinks(parts: readonly StackedTensor[], sinks: Map<string, TensorSink | WordSink>): void {
    let firstRow = 0;
    for (const { tensor, rows } of parts) {
      const offset = firstRow;
      sinks.set(tensor, {
        rows,
        columns: this.columns,
        consume: (reader, signal) => this.#consume(tensor, reader, offset, signal),
      });
      firstRow += rows;
    }
  }

  async #consume(tensor: string, reader: TensorReader, offset: number, signal?: AbortSignal): Promise<void> {
    if (reader.kind !== 'ternary') {
      throw new EngineError(
        'unsupported-model',
        `Tensor ${tensor} holds ${reader.kind} values; a ternary type (I2_S, TQ2_0) is needed. Use a ternary conversion of the model.`,
        { details: { tensor, kind: reader.kind } },
      );
    }
    const form = { layout: this.layout, groupSize: this.columns, minima: false };
    const job = this.#repack?.begin(reader, form, () => this.#encode(tensor, reader, offset, signal));
    if (!this.#repack || !job) return this.#encode(tensor, reader, offset, signal);
    const rows = { first: 0, count: reader.rows };
    const target = { cells: this.#weights, scales: this.#rowScale, minima: null, row: offset };
    await this.#repack.write(job, rows, target, signal);
  }

  async #encode(tensor: string, reader: CodedReader, offset: number, signal?: AbortSignal): Promise<void> {
    const { queue } = this.#device;
    const pack = this.layout === 'T2' ? packT2 : packP;
    const windowRows = Math.max(1, Math.floor(WINDOW_WEIGHTS / this.columns));
    await readAhead(
      rowWindows(0, reader.rows, windowRows),
      ({ first, count }) => reader.readCodes(first, count, signal),
      (coded, { first, count }) => {
        signal?.throwIfAborted();
        const words = pack(coded.codes);
        const scales = rowScales(tensor, coded, count);
        const row = offset + first;
        queue.writeBuffer(this.#weights, (row * this.columns) / 4, words as GPUAllowSharedBufferSource);
        queue.writeBuffer(this.#rowScale, row * 4, scales as GPUAllowSharedBufferSource);
      },
    );
  }

  /** Adds y[T, rows] = W x (or y += W x) to a graph; `mode` prefill takes the kernel for many tokens. */
  addTo(
    builder: GraphBuilder,
    mode: PassMode,
    input: QuantizedActivations,
    out: GPUBuffer,
    options: { readonly accumulate: boolean },
  ): void {
    const { rows, columns, layout } = this;
    const matrix = {
      label: this.#label,
      layout,
      rows,
      columns,
      weights: this.#weights,
      rowScale: this.#rowScale,
    };
    addTernaryProduct(builder, mode, matrix, input, out, options);
  }
}

/** Adds y[T, rows] = W x (or y += W x) to a graph. @param input with one scale per token */
export function addTernaryProduct(
  builder: GraphBuilder,
  mode: PassMode,
  { label, layout, rows, columns, weights, rowScale }: TernaryRows,
  input: QuantizedActivations,
  out: GPUBuffer,
  { accumulate }: { readonly accumulate: boolean },
): void {
  builder.add({
    label,
    kernel: mode === 'prefill' ? matmulTernary : matvecTernary,
    layout,
    buffers: {
      w: weights,
      row_scale: rowScale,
      q: layout === 'P' ? requirePlanes(input) : input.q,
      q_scale: input.scale,
      out,
    },
    params: { m: rows, k: columns, accumulate: accumulate ? 1 : 0 },
  });
}

/** Adds the dispatch that makes bit planes of the codes, where the layout reads them. */
export function addBitPlanes(
  builder: GraphBuilder,
  label: string,
  columns: number,
  input: QuantizedActivations,
): void {
  if (!input.planes) return;
  builder.add({
    label: `${label} planes`,
    kernel: bitPlanes,
    buffers: { q: input.q, planes: input.planes },
    params: { k: columns },
  });
}

function requirePlanes(input: QuantizedActivations): GPUBuffer {
  if (!input.planes) throw new Error('layout P needs bit planes of the activations');
  return input.planes;
}

// Formats with several scales per row store the same one in each, apart from all-zero blocks, whose scale is 0.
function rowScales(tensor: string, coded: CodedRows, rows: number): Float32Array {
  const perRow = coded.scales.length / rows;
  if (perRow === 1) return coded.scales;
  const result = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    for (let group = 0; group < perRow; group++) {
      const scale = coded.scales[row * perRow + group];
      if (scale === 0 || scale === result[row]) continue;
      if (result[row] !== 0) {
        throw new EngineError(
          'unsupported-model',
          `Tensor ${tensor} has scales ${result[row]} and ${scale} in row ${row}; one scale per row is needed. Use an I2_S conversion of the model.`,
          { details: { tensor, row } },
        );
      }
      result[row] = scale;
    }
  }
  return result;
}
