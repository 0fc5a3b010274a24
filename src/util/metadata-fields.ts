// The typed view of a model file's key-value metadata that tokenizers and architectures read.
// An interface only, so that they need not know of GGUF; src/gguf implements it.

/** Inclusive bounds for an integer field. */
export interface IntegerRange {
  /** Default: the smallest safe integer. */
  readonly min?: number;
  /** Default: the largest safe integer. */
  readonly max?: number;
}

/**
 * Typed access to metadata. The plain getters throw EngineError 'bad-file' when the key is missing; the
 * `optional...` getters answer null then. Both throw 'bad-file' when the value has another kind or is out of range.
 */
export interface MetadataFields {
  has(key: string): boolean;
  string(key: string): string;
  optionalString(key: string): string | null;
  /** Any integer type. */
  integer(key: string, range?: IntegerRange): number;
  optionalInteger(key: string, range?: IntegerRange): number | null;
  /**
   * An integer that some files store as an array with one entry per layer: accepted when all entries are equal.
   * @throws EngineError 'unsupported-model' when the entries differ
   */
  uniformInteger(key: string, range?: IntegerRange): number;
  optionalUniformInteger(key: string, range?: IntegerRange): number | null;
  /** Any float or integer type; always finite. */
  float(key: string): number;
  optionalFloat(key: string): number | null;
  boolean(key: string): boolean;
  optionalBoolean(key: string): boolean | null;
  strings(key: string): readonly string[];
  optionalStrings(key: string): readonly string[] | null;
  /** An array of any integer type. */
  integers(key: string): ArrayLike<number>;
  optionalIntegers(key: string): ArrayLike<number> | null;
  /** An array of any float type. */
  optionalFloats(key: string): ArrayLike<number> | null;
}
