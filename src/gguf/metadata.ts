// Parses the key-value section of a GGUF header, one pair at a time.
// Counts are checked against the bytes left in the file before anything is allocated for them.

import type { HeaderCursor } from './cursor.ts';
import { MAX_ARRAY_ELEMENTS } from './limits.ts';
import {
  ARRAY_TYPE_ID,
  type GgufNumberType,
  type GgufScalarType,
  type GgufValue,
  MIN_ELEMENT_BYTES,
  VALUE_TYPE_NAMES,
} from './values.ts';

/**
 * Parses one key-value pair into `metadata`.
 * @throws EngineError 'bad-file'; NeedMoreBytes with the cursor anywhere (the caller rewinds)
 */
export function parseKeyValue(cursor: HeaderCursor, metadata: Map<string, GgufValue>): void {
  cursor.field = `key of metadata entry ${metadata.size}`;
  const key = cursor.string(true);
  if (key === '') throw cursor.error('empty', 'a name');
  if (metadata.has(key)) throw cursor.error(`${key}, which occurs twice`, 'distinct keys');
  cursor.field = `type of ${key}`;
  const typeId = cursor.u32();
  cursor.field = key;
  const value =
    typeId === ARRAY_TYPE_ID ? parseArray(cursor) : parseScalar(cursor, scalarType(cursor, typeId));
  metadata.set(key, value);
}

function scalarType(cursor: HeaderCursor, typeId: number): GgufScalarType {
  const name = VALUE_TYPE_NAMES[typeId];
  if (name === undefined) throw cursor.error(`of unknown value type ${typeId}`, 'a type from 0 to 12');
  if (name === 'array') throw cursor.error('an array of arrays', 'an array of plain values');
  return name;
}

function parseScalar(cursor: HeaderCursor, type: GgufScalarType): GgufValue {
  if (type === 'string') return { type, value: cursor.string(false) };
  if (type === 'bool') return { type, value: parseBool(cursor) };
  return { type, value: parseNumber(cursor, type) };
}

function parseBool(cursor: HeaderCursor): boolean {
  const byte = cursor.u8();
  if (byte > 1) throw cursor.error(`the byte ${byte}`, '0 or 1 for a bool');
  return byte === 1;
}

function parseNumber(cursor: HeaderCursor, type: GgufNumberType): number {
  if (type === 'u64') return cursor.u64();
  if (type === 'i64') return cursor.i64();
  return parseNumbers(cursor, type, 1)[0];
}

function parseArray(cursor: HeaderCursor): GgufValue {
  const elementType = scalarType(cursor, cursor.u32());
  const count = cursor.u64();
  const fits =
    count <= MAX_ARRAY_ELEMENTS && count * MIN_ELEMENT_BYTES[elementType] <= cursor.bytesLeftInFile;
  if (!fits) {
    throw cursor.error(
      `an array of ${count} ${elementType} with ${cursor.bytesLeftInFile} bytes left`,
      `at most ${MAX_ARRAY_ELEMENTS} elements and within the file`,
    );
  }
  if (elementType === 'string') {
    requireStrings(cursor, count);
    const value: string[] = [];
    for (let index = 0; index < count; index++) value.push(cursor.string(false));
    return { type: 'array', elementType, value };
  }
  if (elementType === 'bool') {
    cursor.require(count);
    const value: boolean[] = [];
    for (let index = 0; index < count; index++) value.push(parseBool(cursor));
    return { type: 'array', elementType, value };
  }
  return { type: 'array', elementType, value: parseNumbers(cursor, elementType, count) };
}

/** Hops over the strings of an array, so that a window that is too short shows before half a million are decoded. */
function requireStrings(cursor: HeaderCursor, count: number): void {
  const start = cursor.position;
  cursor.require(count * MIN_ELEMENT_BYTES.string);
  for (let index = 0; index < count; index++) cursor.skipString();
  cursor.position = start;
}

function parseNumbers(cursor: HeaderCursor, type: GgufNumberType, count: number): ArrayLike<number> {
  if (type === 'u64' || type === 'i64') {
    cursor.require(count * 8);
    const values = new Float64Array(count);
    for (let index = 0; index < count; index++) values[index] = type === 'u64' ? cursor.u64() : cursor.i64();
    return values;
  }
  // GGUF is little-endian and so is every platform with WebGPU.
  const bytes = cursor.copyBytes(count * MIN_ELEMENT_BYTES[type]);
  switch (type) {
    case 'u8':
      return bytes;
    case 'i8':
      return new Int8Array(bytes.buffer);
    case 'u16':
      return new Uint16Array(bytes.buffer);
    case 'i16':
      return new Int16Array(bytes.buffer);
    case 'u32':
      return new Uint32Array(bytes.buffer);
    case 'i32':
      return new Int32Array(bytes.buffer);
    case 'f32':
      return new Float32Array(bytes.buffer);
    case 'f64':
      return new Float64Array(bytes.buffer);
  }
}
