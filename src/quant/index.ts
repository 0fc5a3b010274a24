// Registry of storage formats by ggml type id: one line each.

import { EngineError } from '../errors.ts';
import { describeGgmlType } from '../util/ggml-types.ts';
import { bf16Format } from './bf16/format.ts';
import { f16Format } from './f16/format.ts';
import { f32Format } from './f32/format.ts';
import type { QuantFormat, TensorLocation, TensorReader } from './format.ts';
import { i2sFormat } from './i2_s/format.ts';
import { pq2_0Format } from './pq2_0/format.ts';
import { ptq1_0Format } from './ptq1_0/format.ts';
import { q1_0Format } from './q1_0/format.ts';
import { q2_0Group64Format, q2_0Group128Format } from './q2_0/format.ts';
import { q4_0Format } from './q4_0/format.ts';
import { q4_kFormat } from './q4_k/format.ts';
import { q6_kFormat } from './q6_k/format.ts';
import { q8_0Format } from './q8_0/format.ts';
import { tq1_0Format } from './tq1_0/format.ts';
import { tq2_0Format } from './tq2_0/format.ts';

/** Every storage format that can be read. */
export const STORAGE_FORMATS: readonly QuantFormat[] = [
  f32Format,
  f16Format,
  bf16Format,
  q8_0Format,
  q4_0Format,
  q4_kFormat,
  q6_kFormat,
  tq1_0Format,
  tq2_0Format,
  i2sFormat,
  q1_0Format,
  q2_0Group64Format,
  q2_0Group128Format,
  pq2_0Format,
  ptq1_0Format,
];

/**
 * The format of a ggml type id, or undefined when it cannot be read. Where two formats share an id, the one in which
 * the tensor has its size, else the first.
 */
export function findStorageFormat(
  ggmlType: number,
  tensor?: Pick<TensorLocation, 'rows' | 'columns' | 'sizeBytes'>,
): QuantFormat | undefined {
  const formats = STORAGE_FORMATS.filter((format) => format.ggmlType === ggmlType);
  if (tensor === undefined || formats.length < 2) return formats[0];
  const elements = tensor.rows * tensor.columns;
  return formats.find((format) => format.sizeBytes(elements) === tensor.sizeBytes) ?? formats[0];
}

/**
 * Opens a tensor of a ggml type. Reads nothing yet.
 * @throws EngineError 'unsupported-model' for a type without a reader, 'bad-file' when shape and size do not fit it
 */
export function openTensor(ggmlType: number, location: TensorLocation): TensorReader {
  const format = findStorageFormat(ggmlType, location);
  if (format !== undefined) return format.open(location);
  const known = STORAGE_FORMATS.map(({ name }) => name).join(', ');
  throw new EngineError(
    'unsupported-model',
    `Tensor ${location.name} of ${location.source.name} has type ${describeGgmlType(ggmlType)}, which is not supported; expected one of ${known}. Use a conversion to one of these.`,
    { details: { file: location.source.name, tensor: location.name, type: ggmlType } },
  );
}
