// TQ2_0 (ggml type 35): ternary codes with an f16 scale for each 256 columns.

import type { CodedReader, QuantFormat, TensorLocation } from '../format.ts';
import { checkLocation, readRowBytes, scaleCodes, tensorError } from '../location.ts';
import { decodeTq2_0, TQ2_0_BLOCK_BYTES, TQ2_0_BLOCK_ELEMENTS } from './codec.ts';

/** TQ2_0 tensors; readers have kind 'ternary' and groups of 256, and refuse the code 3 ('bad-file'). */
export const tq2_0Format: QuantFormat = {
  name: 'TQ2_0',
  ggmlType: 35,
  blockElements: TQ2_0_BLOCK_ELEMENTS,
  sizeBytes: (elements) => (elements / TQ2_0_BLOCK_ELEMENTS) * TQ2_0_BLOCK_BYTES,
  open(location: TensorLocation): CodedReader {
    checkLocation(tq2_0Format, location);
    const { rows, columns } = location;
    const rowBytes = tq2_0Format.sizeBytes(columns);
    const readCodes: CodedReader['readCodes'] = async (firstRow, rowCount, signal) => {
      const decoded = decodeTq2_0(await readRowBytes(location, rowBytes, firstRow, rowCount, signal));
      if (decoded === null) throw tensorError(location, 'TQ2_0 with the code 3', 'the codes 0, 1 and 2');
      return decoded;
    };
    return {
      kind: 'ternary',
      rows,
      columns,
      groupSize: TQ2_0_BLOCK_ELEMENTS,
      readCodes,
      async readFloats(firstRow, rowCount, signal) {
        const { codes, scales } = await readCodes(firstRow, rowCount, signal);
        return scaleCodes(codes, scales, TQ2_0_BLOCK_ELEMENTS);
      },
    };
  },
};
