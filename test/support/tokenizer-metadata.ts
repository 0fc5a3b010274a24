// Tokenizer metadata as a GGUF file has it, written and read back, for tests.

import { readGguf } from '../../src/gguf/reader.ts';
import type { GgufValue } from '../../src/gguf/values.ts';
import { GgufWriter } from '../../src/gguf/writer.ts';
import { MemorySink } from '../../src/util/byte-sink.ts';
import { MemorySource } from '../../src/util/byte-source.ts';
import type { MetadataFields } from '../../src/util/metadata-fields.ts';

/** Values by key; `tokenizer.ggml.` is put before keys without a dot. */
export type TokenizerKeys = Readonly<
  Record<string, string | boolean | number | readonly string[] | Int32Array | Float32Array>
>;

/** A GGUF file without tensors that holds these keys. */
export async function fileWithTokenizer(
  keys: TokenizerKeys,
): Promise<{ readonly name: string; readonly fields: MetadataFields }> {
  const metadata = new Map<string, GgufValue>([['general.architecture', { type: 'string', value: 'llama' }]]);
  for (const [key, value] of Object.entries(keys)) {
    metadata.set(key.includes('.') ? key : `tokenizer.ggml.${key}`, ggufValue(value));
  }
  const sink = new MemorySink();
  const writer = new GgufWriter(sink, { metadata, tensors: [] });
  await writer.writeHeader();
  writer.finish();
  return await readGguf(new MemorySource('test.gguf', sink.bytes()));
}

function ggufValue(value: TokenizerKeys[string]): GgufValue {
  if (typeof value === 'string') return { type: 'string', value };
  if (typeof value === 'boolean') return { type: 'bool', value };
  if (typeof value === 'number') return { type: 'u32', value };
  if (value instanceof Int32Array) return { type: 'array', elementType: 'i32', value };
  if (value instanceof Float32Array) return { type: 'array', elementType: 'f32', value };
  return { type: 'array', elementType: 'string', value };
}
