// One layer of the original in memory as floats, checked; what folds rotations and scales changes it in place.

import type { FloatRows } from '../convert/encode-tensor.ts';
import { quantizeError } from './quantize-error.ts';
import { MATRIX_PARTS, type MatrixPart } from './recipe.ts';
import type { SourceModel } from './source-model.ts';

/** A linear layer. */
export interface FloatMatrix {
  /** Tensor name, with `.weight`. */
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** [rows, columns] f32, row-major. */
  values: Float32Array;
  /** [rows] f32; null: none. */
  readonly bias: Float32Array | null;
}

/** Norms of a layer. */
export type GainName =
  | 'attn_norm'
  | 'attn_q_norm'
  | 'attn_k_norm'
  | 'attn_sub_norm'
  | 'ffn_norm'
  | 'ffn_sub_norm';
const GAINS: readonly GainName[] = [
  'attn_norm',
  'attn_q_norm',
  'attn_k_norm',
  'attn_sub_norm',
  'ffn_norm',
  'ffn_sub_norm',
];

/** One layer. */
export interface FloatLayer {
  readonly index: number;
  readonly matrices: Readonly<Record<MatrixPart, FloatMatrix>>;
  /** f32; an architecture without a norm has no entry. */
  readonly gains: ReadonlyMap<GainName, Float32Array>;
}

/**
 * Reads a layer. Scales that stand beside a matrix (`.scale`) are multiplied in.
 * @throws EngineError 'bad-file' for a missing tensor or, with the reason non-finite-weight, for a value that is none
 */
export async function readFloatLayer(
  source: SourceModel,
  index: number,
  signal?: AbortSignal,
): Promise<FloatLayer> {
  const matrices = {} as Record<MatrixPart, FloatMatrix>;
  for (const part of MATRIX_PARTS) {
    matrices[part] = await readMatrix(source, `blk.${index}.${part}`, signal);
  }
  const gains = new Map<GainName, Float32Array>();
  for (const name of GAINS) {
    const tensor = `blk.${index}.${name}.weight`;
    if (source.has(tensor)) gains.set(name, await readVector(source, tensor, signal));
  }
  return { index, matrices, gains };
}

async function readMatrix(source: SourceModel, base: string, signal?: AbortSignal): Promise<FloatMatrix> {
  const name = `${base}.weight`;
  const rows = await source.open(name, signal);
  const values = await readAllRows(source, name, rows, signal);
  if (source.has(`${base}.scale`)) {
    const [scale] = await readVector(source, `${base}.scale`, signal);
    for (let at = 0; at < values.length; at++) values[at] *= scale;
  }
  const hasBias = source.has(`${base}.bias`);
  const bias = hasBias ? await readVector(source, `${base}.bias`, signal) : null;
  return { name, rows: rows.rows, columns: rows.columns, values, bias };
}

/** A vector, checked. @throws as readFloatLayer */
export async function readVector(
  source: SourceModel,
  name: string,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const rows = await source.open(name, signal);
  return readAllRows(source, name, rows, signal);
}

async function readAllRows(
  source: SourceModel,
  name: string,
  rows: FloatRows,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const values = (await rows.readFloats(0, rows.rows, signal)).slice();
  checkFinite(values, `Tensor ${name} of ${source.file.name}`, name, 0);
  return values;
}

/** @param firstIndex of values[0] in the tensor. @throws EngineError 'bad-file' with the reason non-finite-weight */
export function checkFinite(values: Float32Array, label: string, tensor: string, firstIndex: number): void {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  throw quantizeError(
    'bad-file',
    'non-finite-weight',
    `${label} has the value ${values[at]} at index ${firstIndex + at}; expected finite weights. Use another checkpoint of the model.`,
    { tensor, index: firstIndex + at },
  );
}
