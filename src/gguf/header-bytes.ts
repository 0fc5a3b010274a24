// Serialises the header of a GGUF 3 file: the mirror image of metadata.ts and tensor-info.ts.

import {
  ARRAY_TYPE_ID,
  type GgufArray,
  type GgufScalarType,
  type GgufValue,
  MIN_ELEMENT_BYTES,
  VALUE_TYPE_NAMES,
} from './values.ts';

type FixedSizeType = Exclude<GgufScalarType, 'string'>;

const SETTERS: Readonly<Record<FixedSizeType, (view: DataView, at: number, value: number) => void>> = {
  u8: (view, at, value) => view.setUint8(at, value),
  bool: (view, at, value) => view.setUint8(at, value),
  i8: (view, at, value) => view.setInt8(at, value),
  u16: (view, at, value) => view.setUint16(at, value, true),
  i16: (view, at, value) => view.setInt16(at, value, true),
  u32: (view, at, value) => view.setUint32(at, value, true),
  i32: (view, at, value) => view.setInt32(at, value, true),
  f32: (view, at, value) => view.setFloat32(at, value, true),
  f64: (view, at, value) => view.setFloat64(at, value, true),
  u64: (view, at, value) => view.setBigUint64(at, BigInt(value), true),
  i64: (view, at, value) => view.setBigInt64(at, BigInt(value), true),
};

/** Growing little-endian bytes. */
export class HeaderBytes {
  #bytes = new Uint8Array(65536);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  readonly #utf8 = new TextEncoder();

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** What was written so far; shares memory. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** One u32. */
  u32(value: number): void {
    this.scalar('u32', value);
  }

  /** One u64; `value` at most 2^53 - 1. */
  u64(value: number): void {
    this.scalar('u64', value);
  }

  /** A u64 length and UTF-8 bytes. */
  string(text: string): void {
    const encoded = this.#utf8.encode(text);
    this.u64(encoded.length);
    this.#reserve(encoded.length);
    this.#bytes.set(encoded, this.#length);
    this.#length += encoded.length;
  }

  /** A value with its type id in front. */
  value(value: GgufValue): void {
    if (value.type === 'array') {
      this.#array(value);
      return;
    }
    this.u32(VALUE_TYPE_NAMES.indexOf(value.type));
    if (value.type === 'string') this.string(value.value);
    else this.scalar(value.type, Number(value.value));
  }

  /** Zeros up to `length`. */
  padTo(length: number): void {
    this.#reserve(length - this.#length);
    this.#length = length;
  }

  #array(array: GgufArray): void {
    this.u32(ARRAY_TYPE_ID);
    this.u32(VALUE_TYPE_NAMES.indexOf(array.elementType));
    this.u64(array.value.length);
    if (array.elementType === 'string') {
      for (const text of array.value) this.string(text);
      return;
    }
    for (let index = 0; index < array.value.length; index++) {
      this.scalar(array.elementType, Number(array.value[index]));
    }
  }

  /** One number or bool (0 or 1) of a type. */
  scalar(type: FixedSizeType, value: number): void {
    const size = MIN_ELEMENT_BYTES[type];
    this.#reserve(size);
    const at = this.#length;
    this.#length += size;
    SETTERS[type](this.#view, at, value);
  }

  #reserve(extra: number): void {
    if (this.#length + extra <= this.#bytes.length) return;
    let size = this.#bytes.length;
    while (size < this.#length + extra) size *= 2;
    const grown = new Uint8Array(size);
    grown.set(this.bytes());
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
