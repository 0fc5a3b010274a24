// Builds GGUF bytes for tests field by field, sound or malformed at will.

import { HeaderBytes } from '../../src/gguf/header-bytes.ts';
import { type GgufValue, padTo } from '../../src/gguf/values.ts';

/** One entry of a tensor list as it will stand in the file, whether or not it makes sense. */
export interface RawTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: number;
  readonly offset: number;
}

/** A GGUF file as it will stand, whether or not it makes sense. */
export interface RawGguf {
  readonly magic?: number;
  readonly version?: number;
  /** Default: the number of tensors. */
  readonly tensorCount?: number;
  /** Default: the number of metadata entries. */
  readonly keyCount?: number;
  readonly metadata?: readonly (readonly [string, GgufValue])[];
  readonly tensors?: readonly RawTensor[];
  readonly dataBytes?: number;
  readonly alignment?: number;
}

/** The bytes of a GGUF file. Data is zeros. */
export function buildGguf(raw: RawGguf): Uint8Array {
  const { metadata = [], tensors = [], dataBytes = 0, alignment = 32 } = raw;
  const header = new HeaderBytes();
  header.u32(raw.magic ?? 0x46554747);
  header.u32(raw.version ?? 3);
  header.u64(raw.tensorCount ?? tensors.length);
  header.u64(raw.keyCount ?? metadata.length);
  for (const [key, value] of metadata) {
    header.string(key);
    header.value(value);
  }
  for (const { name, dims, type, offset } of tensors) {
    header.string(name);
    header.u32(dims.length);
    for (const length of dims) header.u64(length);
    header.u32(type);
    header.u64(offset);
  }
  header.padTo(padTo(header.length, alignment));
  header.padTo(header.length + dataBytes);
  return header.bytes().slice();
}
