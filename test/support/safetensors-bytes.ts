// Builds safetensors files and checkpoint folders in memory for tests.

import type { CheckpointFolder } from '../../src/safetensors/checkpoint.ts';
import { MemorySource } from '../../src/util/byte-source.ts';

/** One tensor to be written. */
export interface SafetensorsPart {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** A file with this header text and data, sound or not. */
export function buildRawSafetensors(header: string | Uint8Array, data: Uint8Array): Uint8Array {
  const headerBytes = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const file = new Uint8Array(8 + headerBytes.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes.length), true);
  file.set(headerBytes, 8);
  file.set(data, 8 + headerBytes.length);
  return file;
}

/** A sound file. */
export function buildSafetensors(parts: readonly SafetensorsPart[]): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let offset = 0;
  for (const { name, dtype, shape, bytes } of parts) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes.length] };
    offset += bytes.length;
  }
  const data = new Uint8Array(Buffer.concat(parts.map(({ bytes }) => bytes)));
  return buildRawSafetensors(JSON.stringify(header), data);
}

/** A folder of files in memory. */
export function memoryFolder(files: Readonly<Record<string, string | Uint8Array>>): CheckpointFolder {
  return {
    name: 'memory',
    async readText(fileName) {
      const file = files[fileName];
      return typeof file === 'string' ? file : null;
    },
    async open(fileName) {
      const file = files[fileName];
      return file instanceof Uint8Array ? new MemorySource(fileName, file) : null;
    },
  };
}
