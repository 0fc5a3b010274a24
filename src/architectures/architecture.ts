// The contract between an architecture and the loader and runtime. One folder per architecture; registry: index.ts.

import type { KvKind } from '../../shaders/common/kv/layout.ts';
import type { HeadPrecision } from '../api/types.ts';
import type { GgufFile } from '../gguf/reader.ts';
import type { BufferPool } from '../gpu/buffers.ts';
import type { GpuContext } from '../gpu/device.ts';
import type { Graph } from '../gpu/graph.ts';
import type { PipelineCache } from '../gpu/pipelines.ts';
import type { TensorReader } from '../quant/format.ts';
import type { GpuRepack } from './blocks/gpu-repack.ts';

/** Sizes that the runtime and the reports need, whatever the architecture. */
export interface ModelShape {
  readonly layers: number;
  readonly hiddenSize: number;
  readonly vocabularySize: number;
  /** Context that the model was made for, in tokens. */
  readonly contextLength: number;
}

/** Takes one tensor of the file into its GPU buffer. */
export interface TensorSink {
  /** Expected shape; a mismatch is an error of the file. */
  readonly rows: number;
  readonly columns: number;
  /** Reads all rows in windows and uploads them. */
  consume(reader: TensorReader, signal?: AbortSignal): Promise<void>;
}

/** Takes one tensor of 32-bit integers into its GPU buffer. */
export interface WordSink {
  /** Expected shape; a mismatch is an error of the file. */
  readonly rows: number;
  readonly columns: number;
  /** Reads all rows in windows and uploads them. */
  consumeWords(reader: WordReader, signal?: AbortSignal): Promise<void>;
}

/** The tensors of a file, without reading them. */
export interface TensorSet {
  has(name: string): boolean;
  /**
   * A reader of one tensor; reads nothing yet.
   * @throws EngineError 'bad-file' when the file has none of that name or its size is wrong, 'unsupported-model' for a
   *   type that cannot be read
   */
  open(name: string): TensorReader;
  /**
   * A reader of a tensor of 32-bit integers (I32): indices and packed entries, which no arithmetic may touch.
   * @throws EngineError 'bad-file' when the file has none of that name, of that type and of its size
   */
  openWords(name: string): WordReader;
}

/** Reader of a tensor of 32-bit integers. */
export interface WordReader {
  readonly rows: number;
  readonly columns: number;
  /** [rowCount, columns] u32, row-major. */
  readWords(firstRow: number, rowCount: number, signal?: AbortSignal): Promise<Uint32Array>;
}

/** What happens to the input of a layer before its product: x' = H (signs o x), H the orthonormal Hadamard matrix. */
export interface InputRotation {
  /** Columns that are mixed with each other: a power of two, 32 to 1024, that divides the width. */
  readonly block: number;
  /** [width] of 1 and -1; null: all are 1. */
  readonly signs: Int8Array | null;
}

/**
 * Arithmetic of the linear layers whose weights are codes; floats are always multiplied with f32 activations. `int8`:
 * BitLinear, W1.58A8: exact integer products with activations quantised per token. `int8-blocks`: activations quantised by
 * blocks of ACTIVATION_BLOCK columns. `float`: f32 activations, for models whose weights alone are quantised.
 */
export type ActivationArithmetic = 'float' | 'int8' | 'int8-blocks';

/** Whether block arithmetic decodes with fused kernels: where they pay, wherever they fit, or never. */
export type FusedDecode = 'auto' | 'always' | 'never';

/** What an architecture gets to build a model. */
export interface BuildContext {
  readonly tensors: TensorSet;
  readonly activations: ActivationArithmetic;
  /** Whether the layers are BitLinears, whatever the arithmetic. Default: `activations` is `int8`. */
  readonly isBitLinear?: boolean;
  /**
   * Whether ternary tensors that store a scale per group mean it. Default false: BitLinears have one scale per row, which
   * such formats repeat (checked when they are read).
   */
  readonly groupedTernary?: boolean;
  /** Fused decoding in block arithmetic where it fits. Default `auto`: not on adapters that compute on the CPU. */
  readonly fusedDecode?: FusedDecode;
  /** Rotations of inputs by the name of the matrix (with `.weight`). Default: none. */
  readonly rotations?: ReadonlyMap<string, InputRotation>;
  /** Ascending input channels that are kept in a matrix beside, by the name of the matrix. Default: none. */
  readonly outlierChannels?: ReadonlyMap<string, Uint32Array>;
  readonly gpu: GpuContext;
  readonly pipelines: PipelineCache;
  readonly pool: BufferPool;
  /** Repacks big tensors on the GPU. Absent: all go through their readers. */
  readonly repack?: GpuRepack;
  /** Capacity of the KV cache in tokens. */
  readonly contextLength: number;
  /** Storage of keys and values. */
  readonly kvCache: KvKind;
  /** Most tokens of one prefill pass. */
  readonly maxChunkTokens: number;
  /** Of embedding and head. */
  readonly headPrecision: HeadPrecision;
}

/** Precision of embedding and LM head on the device; see the public type. */
export type { HeadPrecision };

/** Buffers through which the runtime talks to a model. All belong to the pool. */
export interface ModelPorts {
  /** [max(chunk, 1)] u32: ids of this pass. */
  readonly ids: GPUBuffer;
  /** 64 bytes, see shaders/common/state.wgsl. */
  readonly state: GPUBuffer;
  /** [V] f32: logits of the last token of the last pass that ran the head. */
  readonly logits: GPUBuffer;
}

/** The dispatch lists of a model. */
export interface ModelGraphs {
  /** One token: ids[0] at state.position through all layers. */
  readonly decode: Graph;
  /** state.tokens tokens through all layers; BitLinears quantise them by token, also where decode steps do by blocks. */
  readonly prefill: Graph;
  /** Final norm and head of the last token of a prefill pass. */
  readonly head: Graph;
  /** Final norm and head after `decode`; the same graph where the passes leave the same. */
  readonly decodeHead: Graph;
  /** Whether decode steps can take several columns: fused kernels take one token only. */
  readonly takesColumns: boolean;
  /** Encodes copies that the graphs need, once all weights are there and before the first pass. */
  completeWeights(encoder: GPUCommandEncoder): void;
}

/** A prefill pass with the logits of every token, for scoring a text. */
export interface ScoringPass {
  /** Layers, final norm and head: state.tokens tokens, in the arithmetic of decode steps. */
  readonly graph: Graph;
  /** [tokens, V] f32. */
  readonly logits: GPUBuffer;
}

/** What a column pass is for. */
export interface ColumnOptions {
  /** Most columns: 2 to MAX_COLUMNS. */
  readonly columns: number;
  /**
   * Null: the columns are consecutive tokens of the sequence in the model's cache. Else they are sequences of their own, side
   * by side in slabs of this many tokens each; `columns` is then also the number of slabs.
   */
  readonly slabTokens: number | null;
  /** Columns share the weights where a kernel can; see KernelVariant.sharesWeights. Default: not on adapters that compute on the CPU. */
  readonly sharesWeights?: boolean;
}

/** One decode step for several tokens at once, each with the arithmetic of a decode step alone. */
export interface ColumnPass {
  /** Layers and head: ids[0..columns - 1] from state.position on, or each at state.position of its slab. */
  readonly graph: Graph;
  /** [columns, V] f32. */
  readonly logits: GPUBuffer;
  /**
   * Copies the first `tokens` tokens of the model's cache into every slab; nothing without slabs. Not within a compute pass.
   */
  copyCache(encoder: GPUCommandEncoder, tokens: number): void;
}

/** Most columns of a ColumnPass. */
export const MAX_COLUMNS = 8;

/** A model whose buffers are allocated; weights arrive through the sinks. */
export interface Model {
  readonly shape: ModelShape;
  readonly ports: ModelPorts;
  /** Tensor name in the file -> sink. Every one must be consumed before the graphs run. */
  readonly sinks: ReadonlyMap<string, TensorSink | WordSink>;
  /** Bytes of weights and cache that one decode step reads with `position` tokens in the cache. */
  bytesPerToken(position: number): number;
  /** Compiles the kernels; independent of the weights, so it runs while they load. */
  compile(): Promise<ModelGraphs>;
  /**
   * Builds a pass for up to `maxTokens` tokens, at most maxChunkTokens. What it allocates comes from `pool`, which the
   * caller disposes: nothing of it exists while a model only generates.
   * @throws EngineError 'out-of-memory', 'gpu-error'
   */
  buildScoringPass(pool: BufferPool, maxTokens: number): Promise<ScoringPass>;
  /**
   * Builds the pass for several columns; what it allocates comes from `pool`, which the caller disposes.
   * Only where `takesColumns` of the graphs is true.
   * @throws EngineError 'out-of-memory', 'gpu-error'
   */
  buildColumns(pool: BufferPool, options: ColumnOptions): Promise<ColumnPass>;
}

/** An architecture. */
export interface Architecture {
  /** Values of general.architecture that it handles. */
  readonly names: readonly string[];
  /** Sizes from the metadata, without touching the GPU. @throws EngineError 'bad-file', 'unsupported-model' */
  readShape(file: GgufFile): ModelShape;
  /** Allocates buffers. @throws EngineError 'out-of-memory', 'bad-file', 'unsupported-model' */
  createModel(file: GgufFile, context: BuildContext): Model;
}
