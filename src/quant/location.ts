// What all storage formats share: checking a tensor's place and reading a window of its rows.

import { EngineError } from '../errors.ts';
import type { QuantFormat, StoredRows, TensorLocation } from './format.ts';

/**
 * Checks a location against the rules of a format.
 * @throws EngineError 'bad-file' when the row length or the size does not fit
 */
export function checkLocation(
  format: Pick<QuantFormat, 'name' | 'blockElements' | 'sizeBytes'>,
  location: TensorLocation,
): void {
  const { name, rows, columns, sizeBytes } = location;
  const expectedBytes = format.sizeBytes(rows * columns);
  const fits =
    Number.isSafeInteger(rows * columns) &&
    rows > 0 &&
    columns > 0 &&
    columns % format.blockElements === 0 &&
    sizeBytes === expectedBytes;
  if (fits) return;
  throw tensorError(
    location,
    `[${rows}, ${columns}] in ${sizeBytes} bytes`,
    `rows of a multiple of ${format.blockElements} elements and ${expectedBytes} bytes for ${format.name}`,
    { name, rows, columns },
  );
}

/** A 'bad-file' error about one tensor. */
export function tensorError(
  location: TensorLocation,
  observed: string,
  expected: string,
  details: Readonly<Record<string, string | number>> = {},
): EngineError {
  return new EngineError(
    'bad-file',
    `Tensor ${location.name} of ${location.source.name} is ${observed}; expected ${expected}. The file is damaged or made by a faulty converter; get it from another source.`,
    { details: { file: location.source.name, tensor: location.name, ...details } },
  );
}

/**
 * Reads the bytes of rows [firstRow, firstRow + rowCount) of a tensor whose rows have `rowBytes` each.
 * @throws EngineError 'bad-argument' for rows outside the tensor; whatever the source throws
 */
export async function readRowBytes(
  location: TensorLocation,
  rowBytes: number,
  firstRow: number,
  rowCount: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const inside =
    Number.isSafeInteger(firstRow) && Number.isSafeInteger(rowCount) && firstRow >= 0 && rowCount >= 0;
  if (!inside || firstRow + rowCount > location.rows) {
    throw new EngineError(
      'bad-argument',
      `Rows ${firstRow} to ${firstRow + rowCount} of tensor ${location.name} were asked for; it has ${location.rows}. This is a defect of the caller.`,
      { details: { tensor: location.name, firstRow, rowCount, rows: location.rows } },
    );
  }
  return location.source.read(location.offsetBytes + firstRow * rowBytes, rowCount * rowBytes, signal);
}

/** The bytes of a tensor whose rows have `rowBytes` each. */
export function storedRows(format: string, location: TensorLocation, rowBytes: number): StoredRows {
  return {
    format,
    rowBytes,
    read: (firstRow, rowCount, signal) => readRowBytes(location, rowBytes, firstRow, rowCount, signal),
  };
}

/** The same bytes at an address that is a multiple of `alignment`: a copy only when they are not. */
export function alignedBytes(bytes: Uint8Array, alignment: number): Uint8Array {
  return bytes.byteOffset % alignment === 0 ? bytes : bytes.slice();
}

/** [rows, K] f32 = codes times the scale of their group. */
export function scaleCodes(codes: Int8Array, scales: Float32Array, groupSize: number): Float32Array {
  const values = new Float32Array(codes.length);
  for (let group = 0, at = 0; group < scales.length; group++) {
    const scale = scales[group];
    for (const end = at + groupSize; at < end; at++) values[at] = codes[at] * scale;
  }
  return values;
}
