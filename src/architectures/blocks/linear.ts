// A linear layer of whatever kind the model needs, with the bias, the scale and the clip that some families add.
import { biasClamp, NO_LIMIT } from '../../../shaders/bias-clamp/kernel.ts';
import type { GraphBuilder } from '../../gpu/graph.ts';
import type { TensorReader } from '../../quant/format.ts';
import type { BuildContext, TensorSink, WordSink } from '../architecture.ts';
import { CodedLinear, fitsCodedLinear, wantsFusedDecode } from './coded-linear.ts';
import { FloatLinear } from './float-linear.ts';
import { createInputRotation, type DeviceRotation } from './input-rotation.ts';
import { OutlierSide, type SideInput, sameChannels } from './outlier-side.ts';
import { hasSparseSide, SparseSide } from './sparse-side.ts';
import { type PassMode, rowsOf, type StackedTensor, type StackPlace, splitRuns } from './stacked-tensor.ts';
import {
  fitsTernaryLinear,
  type QuantizedActivations,
  TernaryLinear,
  ternaryLayout,
} from './ternary-linear.ts';

/** Kinds of input: f32; int8 codes with their scales; bit planes of those codes. */
export type InputKind = 'float' | 'int8' | 'planes';

/** Input of a linear layer: what its `inputs` ask for. */
export interface Activations {
  /** [T, columns] f32; null when not asked for. */
  readonly x: GPUBuffer | null;
  /** Null when not asked for. */
  readonly quantized: QuantizedActivations | null;
  /** [T, outlierChannels] f32 of scratch; null when no layer has outliers. */
  readonly gathered: GPUBuffer | null;
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

/** A matrix and what is kept beside it in higher precision. */
interface Product {
  readonly matrix: Matrix;
  readonly outliers: OutlierSide | null;
  readonly sparse: readonly SparseSide[];
}

/** A matrix of codes with the outlier channels beside it. */
export interface CodedProduct {
  readonly matrix: CodedLinear;
  readonly outliers: OutlierSide | null;
}

/** A linear layer [rows, columns]. Its buffers belong to the pool. */
export class Linear {
  readonly rows: number;
  /** What the layer multiplies; more than one kind when its tensors are stored unlike each other. */
  readonly inputs: ReadonlySet<InputKind>;
  /** The products that the layer is made of, in the order of their rows. */
  readonly matrices: readonly Matrix[];
  /** What must be done to the input; null: nothing. */
  readonly rotation: DeviceRotation | null;
  /** Largest number of outlier channels beside a matrix; 0: none has any. */
  readonly outlierChannels: number;
  readonly #products: readonly Product[];
  readonly #label: string;
  readonly #bias: GPUBuffer | null;
  readonly #limit: number;

  /**
   * Allocates the buffers and adds the sinks of the weights, and of biases where the file has them.
   * @throws EngineError 'bad-file', 'unsupported-model', 'out-of-memory'
   */
  constructor(spec: LinearSpec, context: BuildContext, sinks: Map<string, TensorSink | WordSink>) {
    const { label, parts, limit } = spec;
    this.#label = label;
    this.rows = rowsOf(parts);
    this.rotation = createInputRotation(label, parts, context);
    this.#products = createProducts(spec, context, sinks);
    this.matrices = this.#products.map(({ matrix }) => matrix);
    this.outlierChannels = Math.max(...this.#products.map(({ outliers }) => outliers?.channels ?? 0));
    this.inputs = new Set(this.matrices.flatMap(inputsOf));
    for (const { tensor } of parts) applyScale(tensor, context, sinks);
    this.#limit = limit ?? NO_LIMIT;
    const hasBias = parts.some(({ tensor }) => context.tensors.has(siblingOf(tensor, 'bias')));
    this.#bias = hasBias || limit !== undefined ? createBias(label, parts, context, sinks) : null;
  }

  /**
   * The one product of codes, with outlier channels or none, that the layer consists of; null when it is anything else:
   * several products, floats, a bias, a rotated input, single outliers.
   */
  get codedProduct(): CodedProduct | null {
    const [{ matrix, outliers, sparse }, ...others] = this.#products;
    if (others.length > 0 || !(matrix instanceof CodedLinear)) return null;
    const isPlain = sparse.length === 0 && this.#bias === null && this.rotation === null;
    return isPlain ? { matrix, outliers } : null;
  }

  /** Bytes that one product reads. */
  get bytes(): number {
    return this.#products.reduce((sum, { matrix, outliers, sparse }) => {
      const beside = sparse.reduce((total, side) => total + side.bytes, outliers?.bytes ?? 0);
      return sum + matrix.bytes + beside;
    }, 0);
  }

  /** Adds y[T, rows] (+)= W x + bias to a graph. */
  addTo(
    builder: GraphBuilder,
    mode: PassMode,
    input: Activations,
    out: GPUBuffer,
    options: { readonly accumulate: boolean },
  ): void {
    for (const product of this.#products)
      this.#addProduct(builder, mode, product, { input, out, ...options });
    if (this.#bias === null) return;
    builder.add({
      label: `${this.#label} bias`,
      kernel: biasClamp,
      buffers: { bias: this.#bias, y: out },
      params: { m: this.rows, limit: this.#limit },
    });
  }

  #addProduct(
    builder: GraphBuilder,
    mode: PassMode,
    { matrix, outliers, sparse }: Product,
    operands: { readonly input: Activations; readonly out: GPUBuffer; readonly accumulate: boolean },
  ): void {
    const { input, out } = operands;
    let fused = false;
    if (matrix instanceof FloatLinear) {
      matrix.addTo(builder, mode, this.#need(input.x, 'f32'), out, operands);
    } else {
      const quantized = this.#need(input.quantized, 'int8');
      if (mode !== 'prefill' && outliers !== null && matrix instanceof CodedLinear) {
        fused = matrix.addWithOutliers(builder, outliers, quantized, out, operands);
      }
      if (!fused) matrix.addTo(builder, mode, quantized, out, operands);
    }
    if (outliers !== null && !fused) {
      outliers.addTo(builder, mode, this.#sideInput(matrix, input), out);
    }
    for (const side of sparse) side.addTo(builder, this.#sideInput(matrix, input), out);
  }

  // What is kept beside a matrix multiplies what the matrix has multiplied.
  #sideInput(matrix: Matrix, { x, quantized, gathered }: Activations): SideInput {
    if (matrix instanceof FloatLinear) {
      const floats = this.#need(x, 'f32');
      return { x: floats, scale: floats, block: 0, gathered: gathered ?? floats };
    }
    const { q, scale, block } = this.#need(quantized, 'int8');
    return { x: q, scale, block, gathered: gathered ?? q };
  }

  #need<T>(input: T | null, kind: string): T {
    if (input === null) throw new Error(`${this.#label} needs ${kind} activations`);
    return input;
  }
}

function inputsOf(matrix: Matrix): readonly InputKind[] {
  if (matrix instanceof FloatLinear) return ['float'];
  if (matrix instanceof CodedLinear) return matrix.readsPlanes ? ['int8', 'planes'] : ['int8'];
  return matrix.layout === 'P' ? ['int8', 'planes'] : ['int8'];
}

// The storage of each tensor decides, so that recipes may mix them: plain ternary matrices of a BitLinear model get the
// kernels made for them, other codes the int8 product, and floats the f32 product. Outliers are fused with the int8 product.
function createProducts(
  { label, parts, columns }: LinearSpec,
  context: BuildContext,
  sinks: Map<string, TensorSink | WordSink>,
): readonly Product[] {
  const stride = rowsOf(parts);
  const readers = parts.map(({ tensor }) => context.tensors.open(tensor));
  const channelsOf = ({ tensor }: StackedTensor) => context.outlierChannels?.get(tensor);
  const sparseOf = (run: readonly StackedTensor[], firstRow: number) =>
    createSparseSides(run, { columns, firstRow, stride }, context, sinks);
  const isPlain = parts.every((part) => channelsOf(part) === undefined);
  if (isPlain && context.activations === 'int8' && fitsTernaryLinear(readers, stride, context)) {
    const matrix = new TernaryLinear(label, parts, columns, context, sinks);
    return [{ matrix, outliers: null, sparse: sparseOf(parts, 0) }];
  }
  const kindOf = (part: StackedTensor) => ({
    isCoded: context.activations !== 'float' && fitsCodedLinear(context.tensors.open(part.tensor)),
    channels: channelsOf(part),
  });
  const runs = splitRuns(
    parts,
    0,
    kindOf,
    (a, b) => a.isCoded === b.isCoded && sameChannels(a.channels, b.channels),
  );
  return runs.map(({ kind: { isCoded, channels }, firstRow, parts: run }) => {
    const Kind = isCoded ? CodedLinear : FloatLinear;
    // The float products and fused decoding do not read planes.
    const mayFuse = isCoded && wantsFusedDecode(context);
    const planes = isCoded && !mayFuse && ternaryLayout(context.gpu) === 'P';
    const stack = { parts: run, columns, firstRow, stride, planes };
    return {
      matrix: new Kind(label, stack, context, sinks),
      outliers: channels
        ? new OutlierSide(label, { ...stack, channels, hasTable: mayFuse }, context, sinks)
        : null,
      sparse: sparseOf(run, firstRow),
    };
  });
}

function createSparseSides(
  run: readonly StackedTensor[],
  { columns, firstRow, stride }: { readonly columns: number } & StackPlace,
  context: BuildContext,
  sinks: Map<string, TensorSink | WordSink>,
): readonly SparseSide[] {
  let row = firstRow;
  const sides: SparseSide[] = [];
  for (const part of run) {
    const place = { firstRow: row, stride };
    if (hasSparseSide(part.tensor, context)) {
      sides.push(new SparseSide(part, columns, place, context, sinks));
    }
    row += part.rows;
  }
  return sides;
}

// blk.0.attn_q.weight -> blk.0.attn_q.bias
function siblingOf(tensor: string, suffix: string): string {
  return tensor.replace(/weight$/, suffix);
}

function createBias(
  label: string,
  parts: readonly StackedTensor[],
  context: BuildContext,
  sinks: Map<string, TensorSink | WordSink>,
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
function applyScale(tensor: string, context: BuildContext, sinks: Map<string, TensorSink | WordSink>): void {
  const scaleName = siblingOf(tensor, 'scale');
  const sink = sinks.get(tensor);
  if (sink === undefined || 'consumeWords' in sink || !context.tensors.has(scaleName)) return;
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
