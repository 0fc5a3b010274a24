// How many bits a weight of a model takes, counting everything that is stored for it: scales, indices, outliers.
// The one place that computes it, for inspect, compare and quantize.
import { EngineError } from '../errors.ts';
import type { GgufFile } from './reader.ts';
import { countElements } from './values.ts';

/** Weights, the bytes of everything that is stored for them, and the quotient in bits. */
export interface WeightSize {
  readonly parameters: number;
  readonly bytes: number;
  /** bytes * 8 / parameters; 0 without parameters. */
  readonly bitsPerWeight: number;
}

/** Size of a model file. */
export interface ModelSize extends WeightSize {
  /** Matrices of the layers: what quantisation is about. */
  readonly matrices: WeightSize;
  /** Embedding and head. */
  readonly tables: WeightSize;
  /** Norm gains, biases and whatever else. */
  readonly rest: WeightSize;
}

type Part = 'matrices' | 'tables' | 'rest';

/** Stored beside a matrix, for its weights: bytes without parameters of their own. */
const SIDE_TENSOR = /\.(?:scale|code_scale|outlier\.weight|outlier_index|sparse|sparse_scale)$/;

/**
 * Effective bits per weight of a parsed header. Tensors of codes that no ggml type has (`sterna.codes.*`) count with the
 * columns that they stand for.
 * @throws EngineError 'bad-file' when the keys `sterna.codes.*` do not go together
 */
export function measureModelSize(file: Pick<GgufFile, 'name' | 'fields' | 'tensors'>): ModelSize {
  const columns = readCodeColumns(file);
  const sums: Record<Part, { parameters: number; bytes: number }> = {
    matrices: { parameters: 0, bytes: 0 },
    tables: { parameters: 0, bytes: 0 },
    rest: { parameters: 0, bytes: 0 },
  };
  for (const { name, dims, sizeBytes } of file.tensors) {
    const sum = sums[partOf(name, dims)];
    sum.bytes += sizeBytes;
    if (SIDE_TENSOR.test(name)) continue;
    const elements = countElements(dims);
    const codeColumns = columns.get(name);
    sum.parameters += codeColumns === undefined ? elements : (elements / dims[0]) * codeColumns;
  }
  const parts = Object.values(sums);
  return {
    ...sizeOf({
      parameters: parts.reduce((total, part) => total + part.parameters, 0),
      bytes: parts.reduce((total, part) => total + part.bytes, 0),
    }),
    matrices: sizeOf(sums.matrices),
    tables: sizeOf(sums.tables),
    rest: sizeOf(sums.rest),
  };
}

function partOf(name: string, dims: readonly number[]): Part {
  if (name.startsWith('token_embd.') || name.startsWith('output.')) return 'tables';
  const isMatrix = SIDE_TENSOR.test(name) || (name.endsWith('.weight') && dims.length === 2 && dims[1] > 1);
  return name.startsWith('blk.') && isMatrix ? 'matrices' : 'rest';
}

function sizeOf({ parameters, bytes }: { parameters: number; bytes: number }): WeightSize {
  return { parameters, bytes, bitsPerWeight: parameters > 0 ? (bytes * 8) / parameters : 0 };
}

function readCodeColumns({ name, fields }: Pick<GgufFile, 'name' | 'fields'>): ReadonlyMap<string, number> {
  const names = fields.optionalStrings('sterna.codes.names') ?? [];
  const columns = fields.optionalIntegers('sterna.codes.columns') ?? [];
  if (names.length !== columns.length) {
    throw new EngineError(
      'bad-file',
      `${name} lists ${names.length} tensors in sterna.codes.names and ${columns.length} widths in sterna.codes.columns; expected as many. Convert the model again.`,
      { details: { file: name } },
    );
  }
  return new Map(names.map((tensor, index) => [tensor, columns[index]]));
}
