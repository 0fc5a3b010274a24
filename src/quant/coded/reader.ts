// Opens one of our own code tensors: codes in ggml type I8, scales in an F32 tensor beside it.

import { decodeF32 } from '../f32/format.ts';
import type { CodedReader, TensorLocation } from '../format.ts';
import { readRowBytes, scaleCodes, tensorError } from '../location.ts';
import type { CodeTensorSpec } from '../quantization-metadata.ts';
import { codeRowBytes, decodeCodes } from './codec.ts';

const F32_BYTES = 4;

/**
 * Opens a code tensor; reads nothing yet.
 * @param codes the I8 tensor; its `columns` are bytes per row
 * @param scales the F32 tensor [K / group, M]
 * @returns a reader whose groupSize is `columns` when a row has one scale
 * @throws EngineError 'bad-file' when shapes or sizes do not fit the specification; readers also for a scale that is not finite
 */
export function openCodeTensor(
  codes: TensorLocation,
  scales: TensorLocation,
  spec: CodeTensorSpec,
): CodedReader {
  const { kind, columns } = spec;
  const { rows } = codes;
  const groupSize = spec.groupSize === 0 ? columns : spec.groupSize;
  const groups = columns / groupSize;
  const rowBytes = codeRowBytes(kind, columns);
  requireShape(codes, [rows, rowBytes], rows * rowBytes);
  requireShape(scales, [rows, groups], rows * groups * F32_BYTES);
  const readCodes: CodedReader['readCodes'] = async (firstRow, rowCount, signal) => {
    const bytes = await readRowBytes(codes, rowBytes, firstRow, rowCount, signal);
    const scaleBytes = await readRowBytes(scales, groups * F32_BYTES, firstRow, rowCount, signal);
    const values = decodeF32(scaleBytes).slice();
    if (!values.every(Number.isFinite)) {
      throw tensorError(scales, 'a scale that is not finite', 'finite scales');
    }
    return { codes: decodeCodes(kind, bytes), scales: values };
  };
  return {
    kind,
    rows,
    columns,
    groupSize,
    readCodes,
    async readFloats(firstRow, rowCount, signal) {
      const read = await readCodes(firstRow, rowCount, signal);
      return scaleCodes(read.codes, read.scales, groupSize);
    },
  };
}

function requireShape(location: TensorLocation, shape: readonly [number, number], sizeBytes: number): void {
  const [rows, columns] = shape;
  if (location.rows === rows && location.columns === columns && location.sizeBytes === sizeBytes) return;
  throw tensorError(
    location,
    `[${location.rows}, ${location.columns}] in ${location.sizeBytes} bytes`,
    `[${shape}] in ${sizeBytes} bytes`,
  );
}
