// Writes a planned model as one GGUF file or as several (`NAME-00001-of-00003.gguf`), and hashes what it writes.

import { createSHA256 } from 'hash-wasm';
import { EngineError } from '../errors.ts';
import { MAX_SHARDS } from '../gguf/limits.ts';
import type { GgufValue } from '../gguf/values.ts';
import { type GgufTensorPlan, GgufWriter, plannedBytes } from '../gguf/writer.ts';
import type { ByteSink } from '../util/byte-sink.ts';
import type { FloatRows } from './encode-tensor.ts';

/** One tensor of the output with its bytes. */
export interface OutputTensor extends GgufTensorPlan {
  /** Its bytes in order, a few MiB at a time; called once, when its turn has come. */
  parts(signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** Its values before they are encoded, where the plan was made of floats. */
  openRows?(signal?: AbortSignal): Promise<FloatRows>;
}

/** A model to be written. */
export interface ModelPlan {
  readonly metadata: ReadonlyMap<string, GgufValue>;
  /** In file order. */
  readonly tensors: readonly OutputTensor[];
}

/** A sink that is closed when its file is complete. */
export interface ClosableSink extends ByteSink {
  close(): Promise<void>;
}

/** Options of writeModel. */
export interface WriteOptions {
  /** Most bytes of tensors per file; a larger tensor has a file of its own. Default: one file. */
  readonly shardBytes?: number;
  /** Called after each tensor. */
  readonly onProgress?: (done: number, total: number, name: string) => void;
  readonly signal?: AbortSignal;
}

/** One file that was written. */
export interface WrittenFile {
  readonly name: string;
  readonly sizeBytes: number;
  /** Lower-case hex, of the whole file. */
  readonly sha256: string;
}

/** What was written. */
export interface WriteResult {
  readonly files: readonly WrittenFile[];
  readonly tensors: number;
  readonly parameters: number;
}

/**
 * Writes a model. Memory stays at what the parts of one tensor take.
 * @param name of the file; with several, their names are made from it
 * @param openSink creates a file; it is closed here when complete, and left to the caller when this throws
 * @throws EngineError 'bad-argument' for more than 1024 files; whatever the tensors and sinks throw; the signal's reason
 */
export async function writeModel(
  plan: ModelPlan,
  name: string,
  openSink: (name: string) => Promise<ClosableSink>,
  options: WriteOptions = {},
): Promise<WriteResult> {
  const shards = splitTensors(plan.tensors, options.shardBytes ?? Number.POSITIVE_INFINITY);
  const files: WrittenFile[] = [];
  let done = 0;
  for (const [index, tensors] of shards.entries()) {
    const fileName = shardName(name, index, shards.length);
    const metadata = shardMetadata(plan, index, shards.length);
    const sink = await openSink(fileName);
    const onTensor = (tensor: string): void => options.onProgress?.(++done, plan.tensors.length, tensor);
    files.push({ name: fileName, ...(await writeFile(metadata, tensors, sink, onTensor, options.signal)) });
    await sink.close();
  }
  const parameters = plan.tensors.reduce((sum, { dims }) => sum + dims.reduce((a, b) => a * b, 1), 0);
  return { files, tensors: plan.tensors.length, parameters };
}

async function writeFile(
  metadata: ReadonlyMap<string, GgufValue>,
  tensors: readonly OutputTensor[],
  sink: ByteSink,
  onTensor: (name: string) => void,
  signal?: AbortSignal,
): Promise<{ sizeBytes: number; sha256: string }> {
  const hash = await createSHA256();
  let sizeBytes = 0;
  const hashing: ByteSink = {
    async write(bytes) {
      hash.update(bytes);
      sizeBytes += bytes.byteLength;
      await sink.write(bytes);
    },
  };
  const writer = new GgufWriter(hashing, { metadata, tensors });
  await writer.writeHeader();
  for (const tensor of tensors) {
    signal?.throwIfAborted();
    await writer.writeTensor(tensor.name, tensor.parts(signal));
    onTensor(tensor.name);
  }
  writer.finish();
  return { sizeBytes, sha256: hash.digest('hex') };
}

/** In file order, as many as fit. */
function splitTensors(tensors: readonly OutputTensor[], shardBytes: number): OutputTensor[][] {
  const shards: OutputTensor[][] = [[]];
  let bytes = 0;
  for (const tensor of tensors) {
    const size = plannedBytes(tensor);
    const current = shards[shards.length - 1];
    if (current.length > 0 && bytes + size > shardBytes) {
      shards.push([tensor]);
      bytes = size;
    } else {
      current.push(tensor);
      bytes += size;
    }
  }
  if (shards.length <= MAX_SHARDS) return shards;
  throw new EngineError(
    'bad-argument',
    `Files of ${shardBytes} bytes would be ${shards.length}; expected at most ${MAX_SHARDS}. Choose larger files.`,
    { details: { have: shards.length, limit: MAX_SHARDS } },
  );
}

/** The name pattern of split models; other names end in it too, since readers find the other files by it. */
function shardName(name: string, index: number, count: number): string {
  if (count === 1) return name;
  const digits = (value: number): string => String(value).padStart(5, '0');
  return `${name.replace(/\.gguf$/i, '')}-${digits(index + 1)}-of-${digits(count)}.gguf`;
}

/** All keys in the first file; in the others what a reader needs to read and check them. */
function shardMetadata(plan: ModelPlan, index: number, count: number): ReadonlyMap<string, GgufValue> {
  if (count === 1) return plan.metadata;
  const shared = ['general.architecture', 'general.alignment'];
  const kept = [...plan.metadata].filter(([key]) => index === 0 || shared.includes(key));
  return new Map([
    ...kept,
    ['split.no', { type: 'u16', value: index }],
    ['split.count', { type: 'u16', value: count }],
    ['split.tensors.count', { type: 'i32', value: plan.tensors.length }],
  ]);
}
