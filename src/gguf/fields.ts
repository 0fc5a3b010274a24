// Typed access to GGUF metadata with errors that name the key, what was found and what was expected.

import { EngineError } from '../errors.ts';
import type { IntegerRange, MetadataFields } from '../util/metadata-fields.ts';
import type { GgufScalarType, GgufValue } from './values.ts';

const INTEGER_TYPES: ReadonlySet<GgufScalarType> = new Set([
  'u8',
  'i8',
  'u16',
  'i16',
  'u32',
  'i32',
  'u64',
  'i64',
]);
const FLOAT_TYPES: ReadonlySet<GgufScalarType> = new Set(['f32', 'f64']);

/** MetadataFields over parsed GGUF metadata. */
export class GgufFields implements MetadataFields {
  readonly #fileName: string;
  readonly #metadata: ReadonlyMap<string, GgufValue>;

  constructor(fileName: string, metadata: ReadonlyMap<string, GgufValue>) {
    this.#fileName = fileName;
    this.#metadata = metadata;
  }

  has(key: string): boolean {
    return this.#metadata.has(key);
  }

  string(key: string): string {
    return this.#required(key, this.optionalString(key), 'string');
  }

  optionalString(key: string): string | null {
    const field = this.#metadata.get(key);
    if (field === undefined) return null;
    return field.type === 'string' ? field.value : this.#wrongKind(key, field, 'a string');
  }

  integer(key: string, range?: IntegerRange): number {
    return this.#required(key, this.optionalInteger(key, range), 'integer');
  }

  optionalInteger(key: string, range: IntegerRange = {}): number | null {
    const field = this.#metadata.get(key);
    if (field === undefined) return null;
    if (typeof field.value !== 'number' || !isIntegerType(field.type)) {
      return this.#wrongKind(key, field, 'an integer');
    }
    return this.#checkRange(key, field.value, range);
  }

  uniformInteger(key: string, range?: IntegerRange): number {
    return this.#required(key, this.optionalUniformInteger(key, range), 'integer');
  }

  optionalUniformInteger(key: string, range: IntegerRange = {}): number | null {
    if (this.#metadata.get(key)?.type !== 'array') return this.optionalInteger(key, range);
    const values = this.integers(key);
    const first = values[0];
    for (let layer = 0; layer < values.length; layer++) {
      if (values[layer] === first) continue;
      throw new EngineError(
        'unsupported-model',
        `Key ${key} of ${this.#fileName} is ${first} in layer 0 and ${values[layer]} in layer ${layer}; expected the same in all layers. Models whose layers differ in shape are not supported.`,
        { details: { file: this.#fileName, field: key } },
      );
    }
    if (first === undefined) throw this.#error(key, 'an empty array', 'one integer, or one for each layer');
    return this.#checkRange(key, first, range);
  }

  float(key: string): number {
    return this.#required(key, this.optionalFloat(key), 'number');
  }

  optionalFloat(key: string): number | null {
    const field = this.#metadata.get(key);
    if (field === undefined) return null;
    if (typeof field.value !== 'number') return this.#wrongKind(key, field, 'a number');
    if (!Number.isFinite(field.value)) throw this.#error(key, String(field.value), 'a finite number');
    return field.value;
  }

  boolean(key: string): boolean {
    return this.#required(key, this.optionalBoolean(key), 'bool');
  }

  optionalBoolean(key: string): boolean | null {
    const field = this.#metadata.get(key);
    if (field === undefined) return null;
    return field.type === 'bool' ? field.value : this.#wrongKind(key, field, 'a bool');
  }

  strings(key: string): readonly string[] {
    return this.#required(key, this.optionalStrings(key), 'array of strings');
  }

  optionalStrings(key: string): readonly string[] | null {
    const field = this.#metadata.get(key);
    if (field === undefined) return null;
    if (field.type === 'array' && field.elementType === 'string') return field.value;
    return this.#wrongKind(key, field, 'an array of strings');
  }

  integers(key: string): ArrayLike<number> {
    return this.#required(key, this.optionalIntegers(key), 'array of integers');
  }

  optionalIntegers(key: string): ArrayLike<number> | null {
    return this.#numbers(key, INTEGER_TYPES, 'an array of integers');
  }

  optionalFloats(key: string): ArrayLike<number> | null {
    return this.#numbers(key, FLOAT_TYPES, 'an array of floats');
  }

  #numbers(key: string, types: ReadonlySet<GgufScalarType>, expected: string): ArrayLike<number> | null {
    const field = this.#metadata.get(key);
    if (field === undefined) return null;
    if (field.type !== 'array' || field.elementType === 'string' || field.elementType === 'bool') {
      return this.#wrongKind(key, field, expected);
    }
    return types.has(field.elementType) ? field.value : this.#wrongKind(key, field, expected);
  }

  #checkRange(key: string, value: number, range: IntegerRange): number {
    const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = range;
    if (value >= min && value <= max) return value;
    throw this.#error(key, String(value), `${min} to ${max}`);
  }

  #required<T>(key: string, value: T | null, kind: string): T {
    if (value !== null) return value;
    throw new EngineError(
      'bad-file',
      `${this.#fileName} has no metadata key ${key}; expected one of type ${kind}. Use a complete conversion of the model.`,
      { details: { file: this.#fileName, field: key } },
    );
  }

  #wrongKind(key: string, field: GgufValue, expected: string): never {
    const observed =
      field.type === 'array' ? `an array of ${field.elementType}` : `a value of type ${field.type}`;
    throw this.#error(key, observed, expected);
  }

  #error(key: string, observed: string, expected: string): EngineError {
    return new EngineError(
      'bad-file',
      `Metadata key ${key} of ${this.#fileName} is ${observed}; expected ${expected}. Use another conversion of the model.`,
      { details: { file: this.#fileName, field: key } },
    );
  }
}

function isIntegerType(type: GgufValue['type']): boolean {
  return type !== 'array' && INTEGER_TYPES.has(type);
}
