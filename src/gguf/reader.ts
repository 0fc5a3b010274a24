// Reads the header of a GGUF file (version 2 or 3, little-endian) through a ByteSource, in as few reads as it needs.
// Trusts nothing in it. https://github.com/ggml-org/ggml/blob/master/docs/gguf.md

import { EngineError } from '../errors.ts';
import type { ByteSource } from '../util/byte-source.ts';
import type { MetadataFields } from '../util/metadata-fields.ts';
import { HeaderCursor, NeedMoreBytes } from './cursor.ts';
import { GgufFields } from './fields.ts';
import {
  DEFAULT_ALIGNMENT,
  FIRST_HEADER_READ_BYTES,
  MAX_ALIGNMENT,
  MAX_HEADER_BYTES,
  MAX_METADATA_KEYS,
  MAX_TENSORS,
} from './limits.ts';
import { parseKeyValue } from './metadata.ts';
import { parseTensorInfo, placeTensors } from './tensor-info.ts';
import type { TensorInfo } from './type-layouts.ts';
import { type GgufTensor, type GgufValue, padTo } from './values.ts';

const MAGIC = 0x46554747;

/** The parsed header of a GGUF file. Holds no tensor data. */
export interface GgufFile {
  /** Name of the source, for messages. */
  readonly name: string;
  /** 2 or 3. */
  readonly version: number;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  /** The same metadata with types checked. */
  readonly fields: MetadataFields;
  /** In file order. */
  readonly tensors: readonly GgufTensor[];
  /** First byte of the data section. */
  readonly dataStartBytes: number;
  /** Tensors start at multiples of this many bytes, counted from dataStartBytes. */
  readonly alignment: number;
}

/**
 * Reads and checks the header of a GGUF file.
 * @throws EngineError 'bad-file' for anything that is not a sound GGUF 2 or 3 file, 'unsupported-model' for
 *   big-endian files and tensor types that cannot be sized; whatever the source throws; the signal's reason
 */
export async function readGguf(source: ByteSource, signal?: AbortSignal): Promise<GgufFile> {
  const window = await source.read(0, Math.min(FIRST_HEADER_READ_BYTES, source.sizeBytes), signal);
  const cursor = new HeaderCursor(source.name, source.sizeBytes, window);
  // Runs one step of the parse; when it meets the end of the window, reads on and repeats that step.
  const step = async <T>(parse: () => T): Promise<T> => {
    for (;;) {
      const start = cursor.position;
      try {
        return parse();
      } catch (error) {
        if (!(error instanceof NeedMoreBytes)) throw error;
        cursor.position = start;
        await widenWindow(cursor, source, error.windowBytes, signal);
      }
    }
  };

  const { version, tensorCount, keyCount } = await step(() => parsePreamble(cursor));
  const metadata = new Map<string, GgufValue>();
  for (let index = 0; index < keyCount; index++) await step(() => parseKeyValue(cursor, metadata));
  const alignment = readAlignment(cursor, metadata);
  const infos: TensorInfo[] = [];
  for (let index = 0; index < tensorCount; index++) {
    infos.push(await step(() => parseTensorInfo(cursor, index)));
  }
  const dataStartBytes = padTo(cursor.position, alignment);
  const section = { fileName: source.name, fileBytes: source.sizeBytes, dataStartBytes, alignment };
  return {
    name: source.name,
    version,
    metadata,
    fields: new GgufFields(source.name, metadata),
    tensors: placeTensors(infos, section),
    dataStartBytes,
    alignment,
  };
}

/** Fetches more of the header: twice the window, and at least what is needed. */
async function widenWindow(
  cursor: HeaderCursor,
  source: ByteSource,
  neededBytes: number,
  signal?: AbortSignal,
): Promise<void> {
  if (neededBytes > MAX_HEADER_BYTES) {
    throw cursor.error(`still not complete after ${MAX_HEADER_BYTES} bytes`, 'a header below that size');
  }
  const old = cursor.window;
  let size = old.byteLength;
  while (size < neededBytes) size *= 2;
  const window = new Uint8Array(Math.min(size, MAX_HEADER_BYTES, source.sizeBytes));
  window.set(old);
  window.set(await source.read(old.byteLength, window.byteLength - old.byteLength, signal), old.byteLength);
  cursor.widen(window);
}

function parsePreamble(cursor: HeaderCursor): { version: number; tensorCount: number; keyCount: number } {
  cursor.field = 'magic';
  const magic = cursor.u32();
  if (magic !== MAGIC) {
    throw cursor.error(`0x${magic.toString(16).padStart(8, '0')}`, 'the letters GGUF');
  }
  cursor.field = 'version';
  const version = cursor.u32();
  if ((version & 0xffff) === 0 && version !== 0) {
    throw new EngineError(
      'unsupported-model',
      `${cursor.fileName} is a big-endian GGUF file; expected a little-endian one. Use a little-endian conversion.`,
      { details: { file: cursor.fileName, field: 'version' } },
    );
  }
  if (version !== 2 && version !== 3) throw cursor.error(String(version), '2 or 3');
  cursor.field = 'tensor count';
  const tensorCount = cursor.u64();
  if (tensorCount > MAX_TENSORS) throw cursor.error(String(tensorCount), `at most ${MAX_TENSORS}`);
  cursor.field = 'metadata count';
  const keyCount = cursor.u64();
  if (keyCount > MAX_METADATA_KEYS) throw cursor.error(String(keyCount), `at most ${MAX_METADATA_KEYS}`);
  return { version, tensorCount, keyCount };
}

function readAlignment(cursor: HeaderCursor, metadata: ReadonlyMap<string, GgufValue>): number {
  const field = metadata.get('general.alignment');
  if (field === undefined) return DEFAULT_ALIGNMENT;
  cursor.field = 'general.alignment';
  if (field.type !== 'u32') throw cursor.error(`of type ${field.type}`, 'a u32');
  const alignment = field.value;
  const isPowerOfTwo = alignment > 0 && 2 ** Math.round(Math.log2(alignment)) === alignment;
  if (!isPowerOfTwo || alignment > MAX_ALIGNMENT) {
    throw cursor.error(String(alignment), `a power of two up to ${MAX_ALIGNMENT}`);
  }
  return alignment;
}
