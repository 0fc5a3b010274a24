// Hugging Face's packed ternary matrices (`quant_method: bitnet`, offline): uint8 [rows / 4, columns].
// Row r of the bytes holds, from the low bits up, the rows r, r + R, r + 2R, r + 3R of the matrix, with R = rows / 4;
// code 0, 1, 2 = -1, 0, +1. transformers/src/transformers/integrations/bitnet.py

import type { CodedReader, TensorLocation } from '../quant/format.ts';
import { readRowBytes, scaleCodes, tensorError } from '../quant/location.ts';

/**
 * A reader of a packed matrix.
 * @param packed location of the uint8 tensor; its rows and columns are those of the bytes
 * @param scale W = scale * code
 */
export function openPackedTernary(packed: TensorLocation, scale: number): CodedReader {
  const { columns, rows: stride } = packed;
  const readCodes: CodedReader['readCodes'] = async (firstRow, rowCount, signal) => {
    const codes = new Int8Array(rowCount * columns);
    // A window of rows may touch several quarters, each at other bits.
    for (let done = 0; done < rowCount; ) {
      const row = firstRow + done;
      const quarter = Math.floor(row / stride);
      const count = Math.min(rowCount - done, (quarter + 1) * stride - row);
      const bytes = await readRowBytes(packed, columns, row - quarter * stride, count, signal);
      const invalid = unpackQuarter(bytes, 2 * quarter, codes, done * columns);
      if (invalid) throw tensorError(packed, 'packed ternary with the code 3', 'the codes 0, 1 and 2');
      done += count;
    }
    return { codes, scales: new Float32Array(rowCount).fill(scale) };
  };
  return {
    kind: 'ternary',
    rows: stride * 4,
    columns,
    groupSize: columns,
    readCodes,
    async readFloats(firstRow, rowCount, signal) {
      const { codes, scales } = await readCodes(firstRow, rowCount, signal);
      return scaleCodes(codes, scales, columns);
    },
  };
}

/** @returns whether some code is 3 */
function unpackQuarter(bytes: Uint8Array, shift: number, codes: Int8Array, at: number): boolean {
  let invalid = 0;
  for (let index = 0; index < bytes.length; index++) {
    const code = (bytes[index] >> shift) & 3;
    invalid |= code & (code >> 1);
    codes[at + index] = code - 1;
  }
  return invalid !== 0;
}
