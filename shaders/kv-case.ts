// KV caches for tests: packs logical keys and values [G, S, Dh] as common/kv/layout.ts says, and reads them back.
// Says what a cache must hold after a write. Used by cases.ts files only; never bundled into the library.
import type { Expectation } from './case.ts';
import { KV_BLOCK, type KvKind, kvBlocks, kvCacheBytes, kvWords } from './common/kv/layout.ts';
import { packF16 } from './layouts/f16/layout.ts';

/** Which cache. */
export interface KvShape {
  readonly kind: KvKind;
  readonly part: 'keys' | 'values';
  readonly kvHeads: number;
  readonly headDim: number;
  readonly capacity: number;
}

/** Where one token's u32 lie. */
interface Place {
  /** Index of u32 `i` of the token's row of codes or floats, i counted from column 0. */
  word(i: number): number;
  /** Index of the scale; of int8 and int4 only. */
  readonly scale: number;
}

const U32_PER_WORD: Readonly<Record<KvKind, number>> = { f32: 4, f16: 2, int8: 1, int4: 1 };
const COLUMNS_PER_U32: Readonly<Record<KvKind, number>> = { f32: 1, f16: 2, int8: 4, int4: 8 };

/** Steps from zero to the largest magnitude of a head; the largest code is this or, in int4, one less. */
const KV_STEPS = { int8: 127, int4: 8 } as const;

/** Largest code. */
const KV_MAX_CODE = { int8: 127, int4: 7 } as const;

function placeOf(shape: KvShape, head: number, position: number): Place {
  const { kind, part, headDim, capacity } = shape;
  const words = kvWords(kind, headDim);
  const width = U32_PER_WORD[kind];
  const scaleRows = kind === 'int8' || kind === 'int4' ? 1 : 0;
  const token = position % 64;
  const block = (head * kvBlocks(capacity) + Math.floor(position / 64)) * 64 * (words * width + scaleRows);
  return {
    word(i) {
      const w = Math.floor(i / width);
      return block + (part === 'keys' ? w * 64 + token : token * words + w) * width + (i % width);
    },
    scale: block + words * 64 + token,
  };
}

/** A cache whose every bit is set: NaN as a float or a scale. */
export function deadCache(shape: KvShape): Uint32Array {
  return new Uint32Array(kvCacheBytes(shape.kind, shape) / 4).fill(0xffffffff);
}

/** Of codes: several units in the last place of the f32 that they are rounded from. */
const MIN_TIE_DISTANCE = 1e-4;

/** Codes before rounding and the scale of one head's columns. */
function quantizeHead(
  columns: ArrayLike<number>,
  kind: 'int8' | 'int4',
): { readonly scale: number; readonly preRounding: Float64Array } {
  const values = Float64Array.from(columns);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const steps = KV_STEPS[kind];
  return {
    scale: largest / steps,
    preRounding: values.map((value) => (largest > 0 ? (value * steps) / largest : 0)),
  };
}

/** Writes one token of one head. For int4 the columns are those of the rotated head. */
export function writeToken(
  cache: Uint32Array,
  shape: KvShape,
  at: { readonly head: number; readonly position: number },
  columns: Float32Array,
): void {
  const place = placeOf(shape, at.head, at.position);
  const { kind } = shape;
  if (kind === 'f32' || kind === 'f16') {
    const packed = kind === 'f16' ? packF16(columns) : new Uint32Array(columns.slice().buffer);
    packed.forEach((value, i) => {
      cache[place.word(i)] = value;
    });
    return;
  }
  const { scale, preRounding } = quantizeHead(columns, kind);
  cache[place.scale] = new Uint32Array(Float32Array.of(scale).buffer)[0];
  const perWord = COLUMNS_PER_U32[kind];
  const bits = 32 / perWord;
  for (let i = 0; i < kvWords(kind, columns.length); i++) {
    let word = 0;
    for (let c = 0; c < perWord; c++) {
      const code = Math.min(KV_MAX_CODE[kind], Math.round(preRounding[i * perWord + c] ?? 0));
      word |= (code & (2 ** bits - 1)) << (c * bits);
    }
    cache[place.word(i)] = word;
  }
}

/** What one token of one head holds: floats, or codes with their scale (NaN for the float kinds). */
export function readToken(
  cache: Uint32Array,
  shape: KvShape,
  at: { readonly head: number; readonly position: number },
): { readonly values: Float64Array; readonly scale: number } {
  const place = placeOf(shape, at.head, at.position);
  const { kind, headDim } = shape;
  const perWord = COLUMNS_PER_U32[kind];
  const bits = 32 / perWord;
  const values = Float64Array.from({ length: headDim }, (_, d) => {
    const word = cache[place.word(Math.floor(d / perWord))];
    if (kind === 'f32') return floatOf(word);
    const field = (word >>> ((d % perWord) * bits)) & (2 ** bits - 1);
    if (kind === 'f16') return halfOf(field);
    return field < 2 ** (bits - 1) ? field : field - 2 ** bits;
  });
  const isCoded = kind === 'int8' || kind === 'int4';
  return { values, scale: isCoded ? floatOf(cache[place.scale]) : Number.NaN };
}

/** The keys or values that a cache stands for, [G, S, Dh]; zeros from `live` on. For int4 of the rotated heads. */
export function unpackCache(cache: Uint32Array, shape: KvShape, live: number): Float64Array {
  const { kvHeads, headDim, capacity } = shape;
  const out = new Float64Array(kvHeads * capacity * headDim);
  for (let head = 0; head < kvHeads; head++) {
    for (let position = 0; position < live; position++) {
      const { values, scale } = readToken(cache, shape, { head, position });
      const factor = Number.isNaN(scale) ? 1 : scale;
      out.set(
        values.map((value) => value * factor),
        (head * capacity + position) * headDim,
      );
    }
  }
  return out;
}

/**
 * One token's heads [G, Dh] as their codes have them.
 * @throws Error when a code is so close to a tie that f32 may round it the other way: take another seed
 */
export function roundHeads(heads: Float64Array, headDim: number, kind: 'int8' | 'int4'): Float64Array {
  const out = new Float64Array(heads.length);
  for (let at = 0; at < heads.length; at += headDim) {
    const { scale, preRounding } = quantizeHead(heads.subarray(at, at + headDim), kind);
    const nearest = Math.min(...preRounding.map(distanceToTie));
    if (nearest < MIN_TIE_DISTANCE) throw new Error(`a code is ${nearest} away from a tie`);
    const codes = preRounding.map((code) => Math.min(KV_MAX_CODE[kind], Math.round(code)));
    out.set(
      codes.map((code) => code * scale),
      at,
    );
  }
  return out;
}

function distanceToTie(code: number): number {
  return Math.abs(code - Math.floor(code) - 0.5);
}

/** A cache of `live` tokens of random columns up to `amplitude`; the rest is dead. */
export function randomCache(
  shape: KvShape,
  live: number,
  amplitude: number,
  random: () => number,
): Uint32Array {
  const cache = deadCache(shape);
  for (let head = 0; head < shape.kvHeads; head++) {
    for (let position = 0; position < live; position++) {
      const columns = Float32Array.from({ length: shape.headDim }, () => random() * amplitude);
      writeToken(cache, shape, { head, position }, columns);
    }
  }
  return cache;
}

function floatOf(bits: number): number {
  return new Float32Array(Uint32Array.of(bits).buffer)[0];
}

function halfOf(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/**
 * A cache that was dead or held `before`, once tokens from `position` on are written.
 * @param rows [T, G, Dh] of the written tokens, for int4 of the rotated heads
 * @param errorOf by how much the f32 arithmetic before the write may miss a value
 * @param before default: a dead cache
 */
export function expectCache(
  shape: KvShape,
  rows: Float64Array,
  position: number,
  errorOf: (value: number) => number,
  before = deadCache(shape),
): Expectation {
  const { kind, kvHeads, headDim } = shape;
  const values: number[] = [];
  const tolerance: number[] = [];
  const push = (value: number, allowed: number) => {
    values.push(value);
    tolerance.push(allowed);
  };
  for (let head = 0; head < kvHeads; head++) {
    for (let p = 0; p < slotsOf(shape); p++) {
      const row = ((p - position) * kvHeads + head) * headDim;
      if (p < position || row >= rows.length) {
        const untouched = readToken(before, shape, { head, position: p });
        for (const value of [...untouched.values, untouched.scale]) push(value, 0);
        continue;
      }
      expectToken(kind, rows.subarray(row, row + headDim), errorOf, push);
    }
  }
  return {
    kind: 'decoded',
    decode: (words) => readAll(words, shape),
    values: Float64Array.from(values),
    tolerance: Float64Array.from(tolerance),
    reason: 'floats within rounding; codes exact unless within rounding of a tie',
  };
}

function expectToken(
  kind: KvKind,
  columns: Float64Array,
  errorOf: (value: number) => number,
  push: (value: number, allowed: number) => void,
) {
  if (kind === 'f32' || kind === 'f16') {
    // Half of the last place of binary16, and of its subnormals, which may be flushed.
    const half = kind === 'f16' ? (value: number) => Math.abs(value) * 2 ** -10 + 2 ** -14 : () => 0;
    for (const value of columns) push(value, errorOf(value) + half(value));
    push(Number.NaN, 0);
    return;
  }
  const { scale, preRounding } = quantizeHead(columns, kind);
  const error = errorOf(scale * KV_STEPS[kind]);
  for (const code of preRounding) {
    const rounded = Math.min(KV_MAX_CODE[kind], Math.round(code));
    push(rounded, distanceToTie(code) < (2 * error) / Math.max(scale, 1e-9) ? 1 : 0);
  }
  push(scale, error);
}

// Tokens of a head in whole blocks: those beyond the capacity must stay as they were too.
function slotsOf({ capacity }: KvShape): number {
  return kvBlocks(capacity) * KV_BLOCK;
}

function readAll(words: Uint32Array, shape: KvShape): Float64Array {
  const out: number[] = [];
  for (let head = 0; head < shape.kvHeads; head++) {
    for (let position = 0; position < slotsOf(shape); position++) {
      const token = readToken(words, shape, { head, position });
      out.push(...token.values, token.scale);
    }
  }
  return Float64Array.from(out);
}

/** Orthonormal Walsh-Hadamard product of each run of `block` (a power of two) values, by its definition. */
export function hadamardRows(rows: Float64Array, block: number): Float64Array {
  return rows.map((_, at) => {
    const start = at - (at % block);
    let sum = 0;
    for (let j = 0; j < block; j++) {
      const bits = (at % block) & j;
      const ones = bits.toString(2).replaceAll('0', '').length;
      sum += ones % 2 === 0 ? rows[start + j] : -rows[start + j];
    }
    return sum / Math.sqrt(block);
  });
}
