// Writes a planned conversion to memory and reads it back, for tests.

import {
  type ModelPlan,
  type WriteOptions,
  type WriteResult,
  writeModel,
} from '../../src/convert/write-model.ts';
import type { GgufFile } from '../../src/gguf/reader.ts';
import { readSplitGguf } from '../../src/gguf/split.ts';
import type { TensorReader } from '../../src/quant/format.ts';
import { openTensor } from '../../src/quant/index.ts';
import { MemorySink } from '../../src/util/byte-sink.ts';
import { MemorySource } from '../../src/util/byte-source.ts';

/** A model that was written and read back. */
export interface ConvertedModel {
  readonly result: WriteResult;
  /** Bytes of every file by its name, in order. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The first file. */
  readonly source: MemorySource;
  readonly file: GgufFile;
  /** A reader of a tensor by its GGUF name. */
  open(name: string): TensorReader;
}

/** Writes `plan` as out.gguf, or as out-00001-of-... when options split it. */
export async function writeToMemory(plan: ModelPlan, options?: WriteOptions): Promise<ConvertedModel> {
  const sinks = new Map<string, MemorySink>();
  const openSink = async (name: string) => {
    const sink = new MemorySink();
    sinks.set(name, sink);
    return { write: (bytes: Uint8Array) => sink.write(bytes), close: async () => {} };
  };
  const result = await writeModel(plan, 'out.gguf', openSink, options);
  const openFile = async (name: string): Promise<MemorySource> => {
    const sink = sinks.get(name);
    if (sink === undefined) throw new Error(`no file ${name}; there are ${[...sinks.keys()].join(', ')}`);
    return new MemorySource(name, sink.bytes());
  };
  const source = await openFile(result.files[0].name);
  const file = await readSplitGguf(source, openFile);
  const files = new Map([...sinks].map(([name, sink]) => [name, sink.bytes()]));
  return { result, files, source, file, open: (name) => openGgufTensor(file, source, name) };
}

/** A reader of a tensor of a file by its name. */
export function openGgufTensor(file: GgufFile, source: MemorySource, name: string): TensorReader {
  const tensor = file.tensors.find((candidate) => candidate.name === name);
  if (tensor === undefined) throw new Error(`no tensor ${name}`);
  const rows = tensor.dims[1] ?? 1;
  return openTensor(tensor.type, { source, ...tensor, rows, columns: tensor.dims[0] });
}

/** Whether two arrays are the same bit for bit; toEqual takes seconds on large ones. */
export function sameBits(a: Int8Array | Float32Array, b: Int8Array | Float32Array): boolean {
  const bytes = (array: Int8Array | Float32Array): Buffer =>
    Buffer.from(array.buffer, array.byteOffset, array.byteLength);
  return bytes(a).equals(bytes(b));
}
