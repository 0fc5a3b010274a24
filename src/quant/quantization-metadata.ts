// The keys and tensor names of files that `sterna quantize` writes, for writer and reader: docs/quantized-files.md.
// Checks what can be checked without the tensors; whoever opens them compares shapes.

import { EngineError } from '../errors.ts';
import type { MetadataFields } from '../util/metadata-fields.ts';

/** The only `sterna.quantization.version`. */
export const QUANTIZATION_VERSION = 1;
/** The only `sterna.hadamard.version` and `prism.hadamard.version`. */
export const HADAMARD_VERSION = 1;
/** The only transform: (-1)^popcount(r & c) / sqrt(n). */
export const HADAMARD_TRANSFORM = 'normalized-sylvester-walsh-hadamard';
/** Smallest and largest block of an online rotation; powers of two. */
export const HADAMARD_BLOCKS = { min: 32, max: 1024 } as const;

/** Largest block, a power of two from 32 to 1024, that divides a width; null when none does. */
export function hadamardBlock(width: number): number | null {
  for (let block: number = HADAMARD_BLOCKS.max; block >= HADAMARD_BLOCKS.min; block /= 2) {
    if (width % block === 0) return block;
  }
  return null;
}
/** Rows of codes, and outlier channels, come in multiples of this: the columns of a cell of int8. */
export const CODE_COLUMN_MULTIPLE = 16;
/** Columns that share the N slots of unstructured outliers. */
export const SPARSE_BLOCK_COLUMNS = 32;

/** Arithmetic of the activations that the writer asks for. */
export type StatedActivations = 'float' | 'int8-token' | 'int8-block';
const ACTIVATIONS: readonly StatedActivations[] = ['float', 'int8-token', 'int8-block'];

/** Groups of own code tensors: 0 is one scale per row. */
export type CodeGroupSize = 0 | 64 | 128;
const GROUP_SIZES: readonly CodeGroupSize[] = [0, 64, 128];

/** One tensor whose codes lie in ggml type I8 and whose scales lie in a tensor beside it. */
export interface CodeTensorSpec {
  readonly kind: 'int4' | 'int8';
  readonly groupSize: CodeGroupSize;
  /** K. */
  readonly columns: number;
}

/** Rotations to be applied to inputs at run time. */
export interface OnlineRotation {
  /** Tensor name (with `.weight`) -> block size. Its input is multiplied by signs and then by H in blocks. */
  readonly blockSizes: ReadonlyMap<string, number>;
  /** Input width -> [width] +1 or -1. Empty: all are +1. A width that is missing has +1 throughout. */
  readonly signs: ReadonlyMap<number, Int8Array>;
}

/** Everything that the keys say. */
export interface QuantizationMetadata {
  /** Name of the recipe; for people. */
  readonly recipe: string;
  /** All bits of all tensors over the weights of the original; for people. */
  readonly bitsPerWeight: number;
  /** Null: the file does not say. */
  readonly activations: StatedActivations | null;
  /** By tensor name (with `.weight`). */
  readonly codes: ReadonlyMap<string, CodeTensorSpec>;
  /** Null: no input is rotated. */
  readonly rotation: OnlineRotation | null;
  /** How the residual stream was rotated offline; for people. Null: it was not. */
  readonly residual: string | null;
}

/** One metadata entry: a subset of what the GGUF writer takes. */
export type QuantizationEntry = readonly [
  key: string,
  value:
    | { readonly type: 'string'; readonly value: string }
    | { readonly type: 'u32' | 'f32'; readonly value: number }
    | { readonly type: 'array'; readonly elementType: 'string'; readonly value: readonly string[] }
    | {
        readonly type: 'array';
        readonly elementType: 'u32' | 'i32' | 'i8';
        readonly value: readonly number[];
      },
];

/** Names of the tensors beside a matrix `NAME.weight`. */
export interface SideTensorNames {
  /** F32 [K / group, M]. */
  readonly codeScale: string;
  /** [K_o, M] of any storage. */
  readonly outlierWeight: string;
  /** F32 [K_o / group, M], when the outliers are an own code tensor. */
  readonly outlierCodeScale: string;
  /** I32 [K_o]: ascending columns. */
  readonly outlierIndex: string;
  /** I32 [K / 32 * N / 2, M]. */
  readonly sparse: string;
  /** F32 [M]. */
  readonly sparseScale: string;
}

/** Side tensors of a matrix. @param weight its name, which ends in `.weight` */
export function sideTensorNames(weight: string): SideTensorNames {
  const name = weight.replace(/\.weight$/, '');
  return {
    codeScale: `${name}.code_scale`,
    outlierWeight: `${name}.outlier.weight`,
    outlierCodeScale: `${name}.outlier.code_scale`,
    outlierIndex: `${name}.outlier_index`,
    sparse: `${name}.sparse`,
    sparseScale: `${name}.sparse_scale`,
  };
}

/** Matches the names of all side tensors, so that a loader can tell them from tensors that it has no place for. */
export const SIDE_TENSOR = /\.(?:code_scale|outlier\.weight|outlier_index|sparse|sparse_scale)$/;

/** The entries of a file, in order. */
export function quantizationEntries(metadata: QuantizationMetadata): QuantizationEntry[] {
  const entries: QuantizationEntry[] = [
    ['sterna.quantization.version', { type: 'u32', value: QUANTIZATION_VERSION }],
    ['sterna.quantization.recipe', { type: 'string', value: metadata.recipe }],
    ['sterna.quantization.bits_per_weight', { type: 'f32', value: metadata.bitsPerWeight }],
  ];
  const { activations, codes, rotation, residual } = metadata;
  if (activations !== null) entries.push(['sterna.activations', { type: 'string', value: activations }]);
  if (codes.size > 0) entries.push(...codeEntries(codes));
  if (rotation !== null) entries.push(...rotationEntries(rotation));
  if (residual !== null) entries.push(['sterna.hadamard.residual', { type: 'string', value: residual }]);
  return entries;
}

function codeEntries(codes: ReadonlyMap<string, CodeTensorSpec>): QuantizationEntry[] {
  const specs = [...codes.values()];
  const strings = (value: string[]) => ({ type: 'array', elementType: 'string', value }) as const;
  const integers = (value: number[]) => ({ type: 'array', elementType: 'u32', value }) as const;
  return [
    ['sterna.codes.names', strings([...codes.keys()])],
    ['sterna.codes.kinds', strings(specs.map(({ kind }) => kind))],
    ['sterna.codes.group_sizes', integers(specs.map(({ groupSize }) => groupSize))],
    ['sterna.codes.columns', integers(specs.map(({ columns }) => columns))],
  ];
}

function rotationEntries({ blockSizes, signs }: OnlineRotation): QuantizationEntry[] {
  const widths = [...signs.keys()];
  const values = [...signs.values()].flatMap((vector) => [...vector]);
  return [
    ['sterna.hadamard.version', { type: 'u32', value: HADAMARD_VERSION }],
    ['sterna.hadamard.transform', { type: 'string', value: HADAMARD_TRANSFORM }],
    ['sterna.hadamard.weight_names', { type: 'array', elementType: 'string', value: [...blockSizes.keys()] }],
    ['sterna.hadamard.block_sizes', { type: 'array', elementType: 'u32', value: [...blockSizes.values()] }],
    ['sterna.hadamard.sign_mode', { type: 'string', value: widths.length > 0 ? 'explicit' : 'identity' }],
    ['sterna.hadamard.sign_widths', { type: 'array', elementType: 'i32', value: widths }],
    ['sterna.hadamard.sign_values', { type: 'array', elementType: 'i8', value: values }],
  ];
}

/** A file whose metadata is read. */
export interface MetadataFile {
  readonly name: string;
  readonly fields: MetadataFields;
}

/**
 * Reads the keys.
 * @returns null for a file without any of them
 * @throws EngineError 'unsupported-model' for another version or transform, 'bad-file' for keys that contradict each other
 */
export function readQuantizationMetadata(file: MetadataFile): QuantizationMetadata | null {
  const { fields } = file;
  const rotation = readRotation(file);
  const activations = readActivations(file);
  if (!fields.has('sterna.quantization.version')) {
    if (fields.has('sterna.codes.names'))
      throw unreadable(file, 'sterna.quantization.version', 'missing', '1');
    if (rotation === null && activations === null) return null;
  } else {
    requireVersion(file, 'sterna.quantization.version', QUANTIZATION_VERSION);
  }
  return {
    recipe: fields.optionalString('sterna.quantization.recipe') ?? '',
    bitsPerWeight: fields.optionalFloat('sterna.quantization.bits_per_weight') ?? 0,
    activations,
    codes: readCodes(file),
    rotation,
    residual: fields.optionalString('sterna.hadamard.residual'),
  };
}

function readActivations(file: MetadataFile): StatedActivations | null {
  const stated = file.fields.optionalString('sterna.activations');
  if (stated === null) return null;
  const found = ACTIVATIONS.find((name) => name === stated);
  if (found !== undefined) return found;
  throw unreadable(file, 'sterna.activations', stated, ACTIVATIONS.join(', '));
}

function readCodes(file: MetadataFile): ReadonlyMap<string, CodeTensorSpec> {
  const { fields } = file;
  const names = fields.optionalStrings('sterna.codes.names') ?? [];
  if (names.length === 0) return new Map();
  const kinds = fields.strings('sterna.codes.kinds');
  const groups = fields.integers('sterna.codes.group_sizes');
  const columns = fields.integers('sterna.codes.columns');
  const lengths = [kinds.length, groups.length, columns.length];
  if (lengths.some((length) => length !== names.length)) {
    throw contradiction(file, 'sterna.codes.names', `${names.length} names with lists of ${lengths}`);
  }
  return new Map(
    names.map((name, index) => {
      const kind = kinds[index];
      const groupSize = GROUP_SIZES.find((size) => size === groups[index]);
      if ((kind !== 'int4' && kind !== 'int8') || groupSize === undefined) {
        const observed = `${kind} in groups of ${groups[index]} for ${name}`;
        throw unreadable(file, 'sterna.codes.kinds', observed, 'int4 or int8 in groups of 0, 64 or 128');
      }
      const width = columns[index];
      if (width < 1 || (kind === 'int4' && width % 2 !== 0) || (groupSize > 0 && width % groupSize !== 0)) {
        throw contradiction(file, 'sterna.codes.columns', `${width} for ${name}`);
      }
      return [name, { kind, groupSize, columns: width }] as const;
    }),
  );
}

/** Either project's keys: PrismML's have one block size for all. */
function readRotation(file: MetadataFile): OnlineRotation | null {
  const { fields } = file;
  const prefix = ['sterna.hadamard', 'prism.hadamard'].find((name) => fields.has(`${name}.version`));
  if (prefix === undefined) return null;
  requireVersion(file, `${prefix}.version`, HADAMARD_VERSION);
  const transform = fields.string(`${prefix}.transform`);
  if (transform !== HADAMARD_TRANSFORM) {
    throw unreadable(file, `${prefix}.transform`, transform, HADAMARD_TRANSFORM);
  }
  const axis = fields.optionalString(`${prefix}.axis`);
  if (axis !== null && axis !== 'input-last-dimension') {
    throw unreadable(file, `${prefix}.axis`, axis, 'input-last-dimension');
  }
  for (const key of ['inverse_weight_names', 'gdn_v_grouped']) {
    if (fields.has(`${prefix}.${key}`)) throw unreadable(file, `${prefix}.${key}`, 'present', 'its absence');
  }
  const names = fields.strings(`${prefix}.weight_names`);
  const sizes = readBlockSizes(file, prefix, names.length);
  return {
    blockSizes: new Map(names.map((name, index) => [name, sizes[index]])),
    signs: readSigns(file, prefix),
  };
}

function readBlockSizes(file: MetadataFile, prefix: string, count: number): ArrayLike<number> {
  const { fields } = file;
  const sizes =
    prefix === 'prism.hadamard'
      ? new Array<number>(count).fill(fields.integer(`${prefix}.block_size`))
      : fields.integers(`${prefix}.block_sizes`);
  if (sizes.length !== count) {
    throw contradiction(file, `${prefix}.block_sizes`, `${sizes.length} sizes for ${count} names`);
  }
  for (let index = 0; index < count; index++) {
    const size = sizes[index];
    const isPower = (size & (size - 1)) === 0;
    if (isPower && size >= HADAMARD_BLOCKS.min && size <= HADAMARD_BLOCKS.max) continue;
    const expected = `a power of two from ${HADAMARD_BLOCKS.min} to ${HADAMARD_BLOCKS.max}`;
    throw unreadable(file, `${prefix}.block_sizes`, String(size), expected);
  }
  return sizes;
}

function readSigns(file: MetadataFile, prefix: string): ReadonlyMap<number, Int8Array> {
  const { fields } = file;
  const mode = fields.string(`${prefix}.sign_mode`);
  if (mode === 'identity') return new Map();
  if (mode !== 'explicit') throw unreadable(file, `${prefix}.sign_mode`, mode, 'identity or explicit');
  const widths = Array.from(fields.integers(`${prefix}.sign_widths`));
  const values = fields.integers(`${prefix}.sign_values`);
  const total = widths.reduce((sum, width) => sum + width, 0);
  if (widths.some((width) => width < 1) || total !== values.length) {
    throw contradiction(file, `${prefix}.sign_values`, `${values.length} signs for widths ${widths}`);
  }
  let at = 0;
  return new Map(
    widths.map((width) => {
      const signs = Int8Array.from({ length: width }, (_, index) => values[at + index]);
      if (signs.some((sign) => sign !== 1 && sign !== -1)) {
        throw contradiction(file, `${prefix}.sign_values`, 'values other than 1 and -1');
      }
      at += width;
      return [width, signs] as const;
    }),
  );
}

function requireVersion(file: MetadataFile, key: string, version: number): void {
  const observed = file.fields.integer(key);
  if (observed !== version) throw unreadable(file, key, String(observed), String(version));
}

function unreadable(file: MetadataFile, key: string, observed: string, expected: string): EngineError {
  return new EngineError(
    'unsupported-model',
    `Metadata key ${key} of ${file.name} is ${observed}, which is not supported; expected ${expected}. Without it the model would answer nonsense. Use another conversion, or a newer engine.`,
    { details: { file: file.name, field: key } },
  );
}

function contradiction(file: MetadataFile, key: string, observed: string): EngineError {
  return new EngineError(
    'bad-file',
    `Metadata key ${key} of ${file.name} is ${observed}; expected lists that fit each other. The file is damaged or made by a faulty converter; quantise the model again.`,
    { details: { file: file.name, field: key } },
  );
}
