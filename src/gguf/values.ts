// GGUF metadata values and tensor records, as the reader yields and the writer takes them.
// Layout: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md

import type { ByteSource } from '../util/byte-source.ts';

/** Names of the scalar value types, by their id in the file (id 9 is the array). */
export const VALUE_TYPE_NAMES = [
  'u8',
  'i8',
  'u16',
  'i16',
  'u32',
  'i32',
  'f32',
  'bool',
  'string',
  'array',
  'u64',
  'i64',
  'f64',
] as const;

/** Id of the array type in the file. */
export const ARRAY_TYPE_ID = 9;

/** Value types that are numbers. */
export type GgufNumberType = 'u8' | 'i8' | 'u16' | 'i16' | 'u32' | 'i32' | 'u64' | 'i64' | 'f32' | 'f64';
/** Value types that are not arrays. */
export type GgufScalarType = GgufNumberType | 'bool' | 'string';

/** Size in bytes of one element; for a string the size of its length field, which is the least it can have. */
export const MIN_ELEMENT_BYTES: Readonly<Record<GgufScalarType, number>> = {
  u8: 1,
  i8: 1,
  u16: 2,
  i16: 2,
  u32: 4,
  i32: 4,
  f32: 4,
  bool: 1,
  string: 8,
  u64: 8,
  i64: 8,
  f64: 8,
};

/** One array. Numbers come as the fitting typed array; 64-bit integers as Float64Array (exact up to 2^53 - 1). */
export type GgufArray =
  | { readonly type: 'array'; readonly elementType: 'string'; readonly value: readonly string[] }
  | { readonly type: 'array'; readonly elementType: 'bool'; readonly value: readonly boolean[] }
  | { readonly type: 'array'; readonly elementType: GgufNumberType; readonly value: ArrayLike<number> };

/** One metadata value with the type it has in the file. */
export type GgufValue =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: GgufNumberType; readonly value: number }
  | GgufArray;

/** Where one tensor lies and what it holds. */
export interface GgufTensor {
  readonly name: string;
  /** ne0 (the contraction length, fastest) first; one to four entries, each at least 1. */
  readonly dims: readonly number[];
  /** ggml type id. */
  readonly type: number;
  /** From the start of its file. */
  readonly offsetBytes: number;
  /** Without padding. */
  readonly sizeBytes: number;
  /** The file that holds it, when the model is split over several. Absent: the file that was read. */
  readonly source?: ByteSource;
}

/** Smallest multiple of `alignment` that is at least `value`. */
export function padTo(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}

/** Number of elements of a tensor. */
export function countElements(dims: readonly number[]): number {
  return dims.reduce((product, length) => product * length, 1);
}
