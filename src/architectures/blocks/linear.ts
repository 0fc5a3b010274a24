// A linear layer of whatever kind the model needs, with the bias, the scale and the clip that some families add.
import { biasClamp, NO_LIMIT } from '../../../shaders/bias-clamp/kernel.ts';
import type { GraphBuilder } from '../../gpu/graph.ts';
import type { TensorReader } from '../../quant/format.ts';
import type { BuildContext, TensorSink } from '../architecture.ts';
import { FloatLinear } from './float-linear.ts';
import type { PassMode, StackedTensor } from './stacked-tensor.ts';
import { type QuantizedActivations, TernaryLinear } from './ternary-linear.ts';

/** Input of a linear layer, as its `input` asks for it. */
export type Activations =
  | { readonly kind: 'float'; readonly x: GPUBuffer }
  | { readonly kind: 'int8'; readonly quantized: QuantizedActivations };

/** What to make. */
export interface LinearSpec {
  readonly label: string;
  readonly parts: readonly StackedTensor[];
  readonly columns: number;
  /** Clips the result to +-limit. Default: no clip. */
  readonly limit?: number;
}

/** A linear layer [rows, columns]. Its buffers belong to the pool. */
export class Linear {
  readonly #matrix: TernaryLinear | FloatLinear;
  readonly #label: string;
  readonly #bias: GPUBuffer | null;
  readonly #limit: number;

  /**
   * Allocates the buffers and adds the sinks of the weights, and of biases where the file has them.
   * @throws EngineError 'bad-file', 'unsupported-model', 'out-of-memory'
   */
  constructor(spec: LinearSpec, context: BuildContext, sinks: Map<string, TensorSink>) {
    const { label, parts, columns, limit } = spec;
    const Matrix = context.activations === 'int8' ? TernaryLinear : FloatLinear;
    this.#label = label;
    this.#matrix = new Matrix(label, parts, columns, context, sinks);
    for (const { tensor } of parts) applyScale(tensor, context, sinks);
    this.#limit = limit ?? NO_LIMIT;
    const hasBias = parts.some(({ tensor }) => context.tensors.has(siblingOf(tensor, 'bias')));
    this.#bias = hasBias || limit !== undefined ? createBias(label, parts, context, sinks) : null;
  }

  /** Bytes that one product reads. */
  get bytes(): number {
    return this.#matrix.bytes;
  }

  /** What the layer multiplies: f32, or int8 with a scale per token. */
  get input(): 'float' | 'int8' {
    return this.#matrix.input;
  }

  /** Adds y[T, rows] (+)= W x + bias to a graph. */
  addTo(
    builder: GraphBuilder,
    mode: PassMode,
    input: Activations,
    out: GPUBuffer,
    options: { readonly accumulate: boolean },
  ): void {
    if (this.#matrix instanceof TernaryLinear) {
      if (input.kind !== 'int8') throw new Error(`${this.#label} needs int8 activations`);
      this.#matrix.addTo(builder, mode, input.quantized, out, options);
    } else {
      if (input.kind !== 'float') throw new Error(`${this.#label} needs f32 activations`);
      this.#matrix.addTo(builder, mode, input.x, out, options);
    }
    if (this.#bias === null) return;
    builder.add({
      label: `${this.#label} bias`,
      kernel: biasClamp,
      buffers: { bias: this.#bias, y: out },
      params: { m: this.#matrix.rows, limit: this.#limit },
    });
  }
}

// blk.0.attn_q.weight -> blk.0.attn_q.bias
function siblingOf(tensor: string, suffix: string): string {
  return tensor.replace(/weight$/, suffix);
}

function createBias(
  label: string,
  parts: readonly StackedTensor[],
  context: BuildContext,
  sinks: Map<string, TensorSink>,
): GPUBuffer {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  // Zeros where the file has none.
  const buffer = context.pool.weights(`${label} bias`, rows * 4, { kind: 'constant', value: 0 });
  let firstRow = 0;
  for (const part of parts) {
    const offset = firstRow * 4;
    const tensor = siblingOf(part.tensor, 'bias');
    if (context.tensors.has(tensor)) {
      sinks.set(tensor, {
        rows: 1,
        columns: part.rows,
        async consume(reader, signal) {
          const values = await reader.readFloats(0, 1, signal);
          context.gpu.device.queue.writeBuffer(buffer, offset, values as GPUAllowSharedBufferSource);
        },
      });
    }
    firstRow += part.rows;
  }
  return buffer;
}

// Files of llama.cpp's `bitnet` may keep the scale of a matrix apart from it: blk.N.attn_q.scale [1].
function applyScale(tensor: string, context: BuildContext, sinks: Map<string, TensorSink>): void {
  const scaleName = siblingOf(tensor, 'scale');
  const sink = sinks.get(tensor);
  if (sink === undefined || !context.tensors.has(scaleName)) return;
  sinks.set(tensor, {
    ...sink,
    async consume(reader, signal) {
      const scale = await context.tensors.open(scaleName).readFloats(0, 1, signal);
      await sink.consume(scaledReader(reader, scale[0]), signal);
    },
  });
}

function scaledReader(reader: TensorReader, factor: number): TensorReader {
  const multiply = (values: Float32Array) => values.map((value) => value * factor);
  const readFloats: TensorReader['readFloats'] = async (firstRow, rowCount, signal) =>
    multiply(await reader.readFloats(firstRow, rowCount, signal));
  if (reader.kind === 'float') return { ...reader, readFloats };
  return {
    ...reader,
    readFloats,
    async readCodes(firstRow, rowCount, signal) {
      const { codes, scales, minima } = await reader.readCodes(firstRow, rowCount, signal);
      return { codes, scales: multiply(scales), minima: minima && multiply(minima) };
    },
  };
}
