// A linear layer of whatever kind the model needs, with the bias, the scale and the clip that some families add.
import { biasClamp, NO_LIMIT } from '../../../shaders/bias-clamp/kernel.ts';
import type { GraphBuilder } from '../../gpu/graph.ts';
import type { TensorReader } from '../../quant/format.ts';
import type { BuildContext, TensorSink } from '../architecture.ts';
import { CodedLinear, fitsCodedLinear } from './coded-linear.ts';
import { FloatLinear } from './float-linear.ts';
import { type PassMode, rowsOf, type StackedTensor, splitRuns } from './stacked-tensor.ts';
import { fitsTernaryLinear, type QuantizedActivations, TernaryLinear } from './ternary-linear.ts';

/** Kinds of input: f32; int8 codes with their scales; bit planes of those codes. */
export type InputKind = 'float' | 'int8' | 'planes';

/** Input of a linear layer: what its `inputs` ask for. */
export interface Activations {
  /** [T, columns] f32; null when not asked for. */
  readonly x: GPUBuffer | null;
  /** Null when not asked for. */
  readonly quantized: QuantizedActivations | null;
}

/** What to make. */
export interface LinearSpec {
  readonly label: string;
  readonly parts: readonly StackedTensor[];
  readonly columns: number;
  /** Clips the result to +-limit. Default: no clip. */
  readonly limit?: number;
}

type Matrix = TernaryLinear | CodedLinear | FloatLinear;

/** A linear layer [rows, columns]. Its buffers belong to the pool. */
export class Linear {
  readonly rows: number;
  /** What the layer multiplies; more than one kind when its tensors are stored unlike each other. */
  readonly inputs: ReadonlySet<InputKind>;
  /** The products that the layer is made of, in the order of their rows. */
  readonly matrices: readonly Matrix[];
  readonly #label: string;
  readonly #bias: GPUBuffer | null;
  readonly #limit: number;

  /**
   * Allocates the buffers and adds the sinks of the weights, and of biases where the file has them.
   * @throws EngineError 'bad-file', 'unsupported-model', 'out-of-memory'
   */
  constructor(spec: LinearSpec, context: BuildContext, sinks: Map<string, TensorSink>) {
    const { label, parts, limit } = spec;
    this.#label = label;
    this.rows = rowsOf(parts);
    this.matrices = createMatrices(spec, context, sinks);
    this.inputs = new Set(this.matrices.flatMap(inputsOf));
    for (const { tensor } of parts) applyScale(tensor, context, sinks);
    this.#limit = limit ?? NO_LIMIT;
    const hasBias = parts.some(({ tensor }) => context.tensors.has(siblingOf(tensor, 'bias')));
    this.#bias = hasBias || limit !== undefined ? createBias(label, parts, context, sinks) : null;
  }

  /** Bytes that one product reads. */
  get bytes(): number {
    return this.matrices.reduce((sum, matrix) => sum + matrix.bytes, 0);
  }

  /** Adds y[T, rows] (+)= W x + bias to a graph. */
  addTo(
    builder: GraphBuilder,
    mode: PassMode,
    input: Activations,
    out: GPUBuffer,
    options: { readonly accumulate: boolean },
  ): void {
    for (const matrix of this.matrices) {
      if (matrix instanceof FloatLinear) {
        matrix.addTo(builder, mode, this.#need(input.x, 'f32'), out, options);
      } else {
        matrix.addTo(builder, mode, this.#need(input.quantized, 'int8'), out, options);
      }
    }
    if (this.#bias === null) return;
    builder.add({
      label: `${this.#label} bias`,
      kernel: biasClamp,
      buffers: { bias: this.#bias, y: out },
      params: { m: this.rows, limit: this.#limit },
    });
  }

  #need<T>(input: T | null, kind: string): T {
    if (input === null) throw new Error(`${this.#label} needs ${kind} activations`);
    return input;
  }
}

function inputsOf(matrix: Matrix): readonly InputKind[] {
  if (matrix instanceof FloatLinear) return ['float'];
  if (matrix instanceof CodedLinear) return ['int8'];
  return matrix.layout === 'P' ? ['int8', 'planes'] : ['int8'];
}

// The storage of each tensor decides, so that recipes may mix them: plain ternary matrices of a BitLinear model get the
// kernels made for them, other codes the int8 product, and floats the f32 product.
function createMatrices(
  { label, parts, columns }: LinearSpec,
  context: BuildContext,
  sinks: Map<string, TensorSink>,
): readonly Matrix[] {
  const stride = rowsOf(parts);
  const readers = parts.map(({ tensor }) => context.tensors.open(tensor));
  if (context.activations === 'int8' && fitsTernaryLinear(readers, stride, context)) {
    return [new TernaryLinear(label, parts, columns, context, sinks)];
  }
  const isCoded = ({ tensor }: StackedTensor) =>
    context.activations !== 'float' && fitsCodedLinear(context.tensors.open(tensor));
  const runs = splitRuns(parts, 0, isCoded, (a, b) => a === b);
  return runs.map(({ kind, firstRow, parts: run }) => {
    const Kind = kind ? CodedLinear : FloatLinear;
    return new Kind(label, { parts: run, columns, firstRow, stride }, context, sinks);
  });
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
  const buffer = context.pool.storage(`${label} bias`, rows * 4, 'weights'); // zeros where the file has none
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
  if (reader.kind === 'float') return { ...reader, stored: undefined, readFloats };
  return {
    ...reader,
    stored: undefined, // its scales are not multiplied
    readFloats,
    async readCodes(firstRow, rowCount, signal) {
      const { codes, scales, minima } = await reader.readCodes(firstRow, rowCount, signal);
      return { codes, scales: multiply(scales), minima: minima && multiply(minima) };
    },
  };
}
