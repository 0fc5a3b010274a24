// Loads a GGUF into GPU buffers: header, buffers, tensors in file order, kernels compiled meanwhile.
// Knows nothing of where the bytes come from (ByteSource) nor of how tokens are generated.
import type { Arithmetic } from '../api/types.ts';
import type {
  ActivationArithmetic,
  FusedDecode,
  HeadPrecision,
  Model,
  ModelGraphs,
  ModelShape,
  TensorSet,
} from '../architectures/architecture.ts';
import { GpuRepack } from '../architectures/blocks/gpu-repack.ts';
import { KV_KINDS, type KvKind } from '../architectures/blocks/kv-cache.ts';
import { findArchitecture } from '../architectures/index.ts';
import { EngineError } from '../errors.ts';
import { measureModelSize } from '../gguf/model-size.ts';
import type { GgufFile } from '../gguf/reader.ts';
import { type OpenShard, readSplitGguf } from '../gguf/split.ts';
import { BufferPool } from '../gpu/buffers.ts';
import type { GpuContext } from '../gpu/device.ts';
import { PipelineCache } from '../gpu/pipelines.ts';
import { type QuantizationMetadata, readQuantizationMetadata } from '../quant/quantization-metadata.ts';
import type { ByteSource } from '../util/byte-source.ts';
import { planActivations } from './activations.ts';
import { checkWidths } from './check-widths.ts';
import { defaultChunkTokens } from './chunk-tokens.ts';
import { readOutlierChannels } from './outlier-channels.ts';
import { planRotations } from './rotation.ts';
import { GgufTensorSet } from './tensor-set.ts';

/** Options of loadModel. */
export interface LoadModelOptions {
  /** Capacity of the KV cache in tokens. Default: the model's context, at most DEFAULT_CONTEXT. */
  readonly contextLength?: number;
  /** Of embedding and head. Default `int8`; `file` keeps the stored precision: the reference. */
  readonly headPrecision?: HeadPrecision;
  /** Storage of keys and values; see docs/kv-cache.md. Default `f32`. */
  readonly kvCache?: KvKind;
  /** Default `exact`: the arithmetic that the model was made for. `block`: int8 activations by blocks of columns. */
  readonly arithmetic?: Arithmetic;
  /** Fused decoding in block arithmetic, for tests and comparisons. Default `auto`. */
  readonly fusedDecode?: FusedDecode;
  /** Most tokens of one prefill pass, at most the context. Default: up to 512 on GPUs, see defaultChunkTokens. */
  readonly maxChunkTokens?: number;
  /** Opens the other files of a split model. Default: such a model is refused. */
  readonly openShard?: OpenShard;
  /**
   * Who turns the storage formats of big tensors into device layouts: kernels, or the readers. The weights are the same bit
   * for bit. Default: `gpu`, but `cpu` on adapters that compute on the CPU, where the upload saves nothing.
   */
  readonly repack?: 'gpu' | 'cpu';
  readonly signal?: AbortSignal;
  /** Called when a phase begins. */
  readonly onPhase?: (phase: 'header' | 'weights' | 'compile') => void;
}

/** A model on the GPU. Whoever loaded it disposes it. */
export interface LoadedModel {
  readonly file: GgufFile;
  readonly shape: ModelShape;
  readonly architecture: string;
  readonly activations: ActivationArithmetic;
  readonly model: Model;
  readonly graphs: ModelGraphs;
  readonly pool: BufferPool;
  readonly pipelines: PipelineCache;
  readonly gpu: GpuContext;
  readonly contextLength: number;
  readonly kvCache: KvKind;
  readonly maxChunkTokens: number;
  /** Number of weights in the file. */
  readonly parameters: number;
  /** All bytes of its tensors over these weights: scales, indices and outliers too. */
  readonly bitsPerWeight: number;
  /** Frees the buffers, not the device. */
  dispose(): void;
}

/** Longer contexts are allocated on request only: an f32 cache of a 2B model takes 154 kB per token. */
export const DEFAULT_CONTEXT = 4096;

/**
 * Loads a model.
 * @throws EngineError 'bad-file', 'unsupported-model', 'out-of-memory', and what the source throws; the signal's reason
 *   when aborted. Nothing stays on the GPU after an error.
 */
export async function loadModel(
  source: ByteSource,
  gpu: GpuContext,
  options: LoadModelOptions = {},
): Promise<LoadedModel> {
  options.onPhase?.('header');
  const file = await readSplitGguf(source, options.openShard, options.signal);
  const quantization = readQuantizationMetadata(file);
  const tensors = new GgufTensorSet(file, source, quantization?.codes);
  const fill = ({ model }: FillContext) => loadTensors(file, tensors, model, options.signal);
  return buildModel({ file, tensors, rotation: quantization?.rotation, fill }, gpu, options);
}

/** What fills the weights of a model finds. */
export interface FillContext {
  readonly model: Model;
  readonly pool: BufferPool;
  readonly pipelines: PipelineCache;
}

/** A model to build: its header, its tensors, and how its buffers get their contents. */
export interface ModelPlan {
  readonly file: GgufFile;
  readonly tensors: TensorSet;
  /** Rotations of inputs that the file asks for. Absent: none. */
  readonly rotation?: QuantizationMetadata['rotation'];
  fill(context: FillContext): Promise<void>;
}

/**
 * Allocates, fills and compiles a model; the part of `loadModel` that does not depend on where the weights come from.
 * @throws as loadModel
 */
export async function buildModel(
  { file, tensors, rotation, fill }: ModelPlan,
  gpu: GpuContext,
  options: LoadModelOptions,
): Promise<LoadedModel> {
  const name = file.fields.string('general.architecture');
  const architecture = findArchitecture(name);
  checkWidths(file, gpu);
  const contextLength = chooseContext(architecture.readShape(file), options.contextLength);
  const kvCache = chooseKvCache(options.kvCache);
  const maxChunkTokens = Math.min(
    options.maxChunkTokens ??
      defaultChunkTokens(contextLength, {
        onCpu: gpu.adapter.isFallback,
        maxBufferBytes: gpu.device.limits.maxBufferSize,
      }),
    contextLength,
  );
  const { arithmetic = 'exact', signal } = options;
  const columnsOf = (tensor: string) => (tensors.has(tensor) ? tensors.open(tensor).columns : undefined);
  const plan = {
    ...(await planActivations(file, tensors, { arithmetic, signal })),
    rotations: planRotations(file, rotation ?? null, columnsOf),
    outlierChannels: await readOutlierChannels(file, tensors, signal),
  };
  const pool = new BufferPool(gpu.device);
  const pipelines = new PipelineCache(gpu.device);
  const onGpu = (options.repack ?? (gpu.adapter.isFallback ? 'cpu' : 'gpu')) === 'gpu';
  const repack = onGpu ? new GpuRepack(gpu, pipelines) : undefined;
  try {
    const model = await guardMemory(gpu, () =>
      architecture.createModel(file, {
        tensors,
        ...plan,
        gpu,
        pipelines,
        pool,
        repack,
        contextLength,
        kvCache,
        maxChunkTokens,
        headPrecision: options.headPrecision ?? 'int8',
        fusedDecode: options.fusedDecode,
      }),
    );
    options.onPhase?.('weights');
    const compiling = model.compile();
    compiling.catch(() => {}); // reported below, after the tensors; must not count as unhandled meanwhile
    await fill({ model, pool, pipelines });
    await repack?.finish();
    options.onPhase?.('compile');
    const graphs = await compiling;
    const encoder = gpu.device.createCommandEncoder({ label: 'complete weights' });
    graphs.completeWeights(encoder);
    gpu.device.queue.submit([encoder.finish()]);
    const { parameters, bitsPerWeight } = measureModelSize(file);
    return {
      file,
      shape: model.shape,
      architecture: name,
      activations: plan.activations,
      model,
      graphs,
      pool,
      pipelines,
      gpu,
      contextLength,
      kvCache,
      maxChunkTokens,
      parameters,
      bitsPerWeight,
      dispose: () => pool.dispose(),
    };
  } catch (error) {
    pool.dispose();
    throw error;
  } finally {
    repack?.dispose();
  }
}

function chooseKvCache(requested: string = 'f32'): KvKind {
  const kind = KV_KINDS.find((known) => known === requested);
  if (kind !== undefined) return kind;
  throw new EngineError(
    'bad-argument',
    `kvCache is ${JSON.stringify(requested)}; expected one of ${KV_KINDS.join(', ')}.`,
    { details: { have: requested } },
  );
}

function chooseContext(shape: ModelShape, requested: number | undefined): number {
  if (requested === undefined) return Math.min(shape.contextLength, DEFAULT_CONTEXT);
  if (!Number.isInteger(requested) || requested < 16 || requested > shape.contextLength) {
    throw new EngineError(
      'bad-argument',
      `contextLength is ${requested}; this model takes 16 to ${shape.contextLength}. Choose a value in that range.`,
      { details: { have: requested, limit: shape.contextLength } },
    );
  }
  return requested;
}

// createBuffer reports exhaustion through an error scope, not by throwing.
async function guardMemory<T>(gpu: GpuContext, allocate: () => T): Promise<T> {
  gpu.device.pushErrorScope('out-of-memory');
  let result: T;
  try {
    result = allocate();
  } finally {
    const error = await gpu.device.popErrorScope();
    if (error) {
      // biome-ignore lint/correctness/noUnsafeFinally: the allocation error outranks what followed from it
      throw new EngineError(
        'out-of-memory',
        `The GPU has not enough memory for this model: ${error.message}. Choose a smaller context or a smaller model.`,
      );
    }
  }
  return result;
}

async function loadTensors(
  file: GgufFile,
  tensors: GgufTensorSet,
  model: Model,
  signal?: AbortSignal,
): Promise<void> {
  const missing = [...model.sinks.keys()].find((name) => !tensors.has(name));
  if (missing) tensors.open(missing); // throws the error that names it
  // The list is in file order: the source then streams from front to back.
  for (const tensor of file.tensors) {
    signal?.throwIfAborted();
    const sink = model.sinks.get(tensor.name);
    if (!sink) continue;
    if ('consumeWords' in sink) {
      const words = tensors.openWords(tensor.name);
      checkShape(file, tensor.name, words, sink);
      await sink.consumeWords(words, signal);
      continue;
    }
    const reader = tensors.open(tensor.name);
    checkShape(file, tensor.name, reader, sink);
    await sink.consume(reader, signal);
  }
}

interface MatrixShape {
  readonly rows: number;
  readonly columns: number;
}

function checkShape(file: GgufFile, tensor: string, have: MatrixShape, expected: MatrixShape): void {
  if (have.rows === expected.rows && have.columns === expected.columns) return;
  throw new EngineError(
    'bad-file',
    `Tensor ${tensor} of ${file.name} is ${have.columns} x ${have.rows}; the metadata asks for ${expected.columns} x ${expected.rows}. Use another conversion of the model.`,
    { details: { file: file.name, tensor } },
  );
}
