// Q8_0 (ggml type 8): int8 codes with an f16 scale for each 32 columns. Used for embeddings and heads.

import type { CodedReader, QuantFormat, TensorLocation } from '../format.ts';
import { checkLocation, readRowBytes, scaleCodes } from '../location.ts';
import { decodeQ8_0, Q8_0_BLOCK_BYTES, Q8_0_BLOCK_ELEMENTS } from './codec.ts';

/** Q8_0 tensors; readers have kind 'int8' and groups of 32. */
export const q8_0Format: QuantFormat = {
  name: 'Q8_0',
  ggmlType: 8,
  blockElements: Q8_0_BLOCK_ELEMENTS,
  sizeBytes: (elements) => (elements / Q8_0_BLOCK_ELEMENTS) * Q8_0_BLOCK_BYTES,
  open(location: TensorLocation): CodedReader {
    checkLocation(q8_0Format, location);
    const { rows, columns } = location;
    const rowBytes = q8_0Format.sizeBytes(columns);
    const readCodes: CodedReader['readCodes'] = async (firstRow, rowCount, signal) =>
      decodeQ8_0(await readRowBytes(location, rowBytes, firstRow, rowCount, signal));
    return {
      kind: 'int8',
      rows,
      columns,
      groupSize: Q8_0_BLOCK_ELEMENTS,
      readCodes,
      async readFloats(firstRow, rowCount, signal) {
        const { codes, scales } = await readCodes(firstRow, rowCount, signal);
        return scaleCodes(codes, scales, Q8_0_BLOCK_ELEMENTS);
      },
    };
  },
};
