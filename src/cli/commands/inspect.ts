// sterna inspect: architecture, sizes, memory need, tensor types and metadata of a GGUF file. Needs no GPU unless asked
// whether one can hold the model.
import type { Arithmetic, HeadPrecision, MemoryUse } from '../../api/types.ts';
import type { KvKind } from '../../architectures/blocks/kv-cache.ts';
import { findArchitecture } from '../../architectures/index.ts';
import { EngineError } from '../../errors.ts';
import { type ModelSize, measureModelSize, type WeightSize } from '../../gguf/model-size.ts';
import type { GgufFile } from '../../gguf/reader.ts';
import { readSplitGguf } from '../../gguf/split.ts';
import type { GgufValue } from '../../gguf/values.ts';
import { DEFAULT_CONTEXT } from '../../loader/load-model.ts';
import { estimateMemory, totalMemory } from '../../loader/memory-estimate.ts';
import { readDimensions } from '../../loader/model-dimensions.ts';
import { describeGgmlType } from '../../util/ggml-types.ts';
import { type MemoryTrial, tryMemory } from '../memory-trial.ts';
import { acquireNodeDevice } from '../node-gpu.ts';
import { modelFile } from '../open-model.ts';
import { openShardedFile } from '../sharded-file.ts';

/** Options of the command. */
export interface InspectOptions extends NeedOptions {
  readonly json?: boolean;
  /** Driver that is asked whether it can hold the model. Default: none is. */
  readonly adapter?: string;
}

/** Prints a summary. Unsupported architectures are named, not refused. */
export async function inspect(path: string, options: InspectOptions): Promise<void> {
  const opened = await openShardedFile(modelFile(path));
  try {
    const file = await readSplitGguf(opened.source, opened.openShard);
    const summary = summarizeFile(file, opened.sizeBytes(), options);
    const trial = options.adapter === undefined ? null : await tryAdapter(summary, options.adapter);
    const text = options.json
      ? `${JSON.stringify({ ...summary, trial }, null, 2)}\n`
      : formatSummary(summary, trial);
    process.stdout.write(text);
  } finally {
    await opened.close();
  }
}

async function tryAdapter(summary: FileSummary, adapter: string): Promise<MemoryTrial | null> {
  if (summary.memory === null) return null;
  const gpu = await acquireNodeDevice(adapter);
  try {
    return await tryMemory(gpu, totalMemory(summary.memory));
  } finally {
    gpu.dispose();
  }
}

/** Estimated memory on the GPU. */
export interface MemoryNeed extends MemoryUse {
  readonly contextLength: number;
}

/** What inspect prints. */
export interface FileSummary {
  readonly name: string;
  readonly version: number;
  readonly sizeBytes: number;
  readonly architecture: string;
  readonly supported: boolean;
  readonly parameters: number;
  readonly bitsPerWeight: number;
  /** The same of matrices, tables and the rest apart. */
  readonly size: ModelSize;
  /** Null for an architecture or tensor types that the engine does not know. */
  readonly memory: MemoryNeed | null;
  /** Tensors and bytes by type name. */
  readonly types: Readonly<Record<string, { readonly tensors: number; readonly bytes: number }>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: readonly {
    readonly name: string;
    readonly dims: readonly number[];
    readonly type: string;
  }[];
}

/** What the memory is counted for. */
export interface NeedOptions {
  /** Tokens of the KV cache. Default: the model's context, at most DEFAULT_CONTEXT. */
  readonly context?: number;
  /** Answers side by side, each as long as the context. Default 1. */
  readonly n?: number;
  /** Storage of keys and values. Default `f32`. */
  readonly kvCache?: KvKind;
  /** How the linear layers compute. Default `exact`. */
  readonly arithmetic?: Arithmetic;
  /** Precision of embedding and head. Default `int8`. */
  readonly head?: HeadPrecision;
}

/**
 * Summary of a parsed header.
 * @param sizeBytes of all files
 * @param need how the memory is counted
 */
export function summarizeFile(file: GgufFile, sizeBytes: number, need: NeedOptions = {}): FileSummary {
  const types: Record<string, { tensors: number; bytes: number }> = {};
  for (const tensor of file.tensors) {
    const name = describeGgmlType(tensor.type);
    types[name] ??= { tensors: 0, bytes: 0 };
    types[name].tensors++;
    types[name].bytes += tensor.sizeBytes;
  }
  const size = measureModelSize(file);
  const architecture = file.fields.optionalString('general.architecture') ?? '(none)';
  return {
    name: file.name,
    version: file.version,
    sizeBytes,
    architecture,
    supported: isSupported(architecture),
    parameters: size.parameters,
    bitsPerWeight: size.bitsPerWeight,
    size,
    memory: estimateNeed(file, need),
    types,
    metadata: Object.fromEntries([...file.metadata].map(([key, value]) => [key, showValue(value)])),
    tensors: file.tensors.map(({ name, dims, type }) => ({ name, dims, type: describeGgmlType(type) })),
  };
}

function estimateNeed(file: GgufFile, { context, n = 1, ...options }: NeedOptions): MemoryNeed | null {
  try {
    const dimensions = readDimensions(file, options.head);
    const { contextLength: longest } = findArchitecture(file.fields.string('general.architecture')).readShape(
      file,
    );
    const contextLength = context ?? Math.min(longest, DEFAULT_CONTEXT);
    const parallel = n > 1 ? { answers: n, tokens: contextLength } : undefined;
    return { contextLength, ...estimateMemory(dimensions, { ...options, contextLength, parallel }) };
  } catch (error) {
    if (error instanceof EngineError) return null;
    throw error;
  }
}

function isSupported(architecture: string): boolean {
  try {
    findArchitecture(architecture);
    return true;
  } catch {
    return false;
  }
}

const LONGEST_TEXT = 80;

function showValue(value: GgufValue): string {
  if (value.type === 'array') return `${value.elementType}[${value.value.length}]`;
  const text = JSON.stringify(value.value);
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}… (${text.length} characters)` : text;
}

function formatSummary(summary: FileSummary, trial: MemoryTrial | null): string {
  const lines = [
    `${summary.name}: GGUF v${summary.version}, ${summary.sizeBytes} bytes`,
    `architecture ${summary.architecture}${summary.supported ? '' : ' (not supported)'}`,
    `${summary.parameters} parameters, ${summary.bitsPerWeight.toFixed(3)} bits per weight`,
    formatSize(summary.size),
    formatMemory(summary.memory),
    ...(trial === null ? [] : [`${trial.adapter}: ${trial.fits ? 'fits' : 'does not fit'}, ${trial.reason}`]),
    '',
    ...Object.entries(summary.types).map(
      ([type, { tensors, bytes }]) => `${type}: ${tensors} tensors, ${bytes} bytes`,
    ),
    '',
    ...Object.entries(summary.metadata).map(([key, value]) => `${key} = ${value}`),
    '',
    ...summary.tensors.map(({ name, dims, type }) => `${name}  ${dims.join(' x ')}  ${type}`),
  ];
  return `${lines.join('\n')}\n`;
}

function formatSize({ matrices, tables, rest }: ModelSize): string {
  const show = (name: string, { parameters, bitsPerWeight }: WeightSize) =>
    `${name} ${bitsPerWeight.toFixed(3)} (${parameters} weights)`;
  return `bits per weight: ${show('matrices', matrices)}, ${show('embedding and head', tables)}, ${show('rest', rest)}`;
}

function formatMemory(memory: MemoryNeed | null): string {
  if (memory === null) return 'memory on the GPU: not known for this architecture';
  const { contextLength, weightsBytes, kvCacheBytes, scratchBytes } = memory;
  return `memory on the GPU with a context of ${contextLength}: ${totalMemory(memory)} bytes (weights ${weightsBytes}, cache ${kvCacheBytes}, scratch ${scratchBytes})`;
}
