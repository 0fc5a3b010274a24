// I2_S (bitnet.cpp type 36): ternary codes with one f32 scale for the whole tensor, stored after them.
// Only the standard layout is read; two rare local layouts share the id and nothing in a file tells them apart.

import type { CodedReader, QuantFormat, TensorLocation } from '../format.ts';
import { checkLocation, readRowBytes, scaleCodes, storedRows, tensorError } from '../location.ts';
import { decodeI2s, I2_S_BLOCK_ELEMENTS, I2_S_TRAILER_BYTES } from './codec.ts';

/** I2_S tensors; readers have kind 'ternary', groupSize = columns, and refuse the code 3 ('bad-file'). */
export const i2sFormat: QuantFormat = {
  name: 'I2_S',
  ggmlType: 36,
  blockElements: I2_S_BLOCK_ELEMENTS,
  sizeBytes: (elements) => elements / 4 + I2_S_TRAILER_BYTES,
  open(location: TensorLocation): CodedReader {
    checkLocation(i2sFormat, location);
    const { rows, columns } = location;
    let known: number | null = null;
    const scaleOf = async (signal?: AbortSignal) => {
      known ??= await readScale(location, signal);
      return known;
    };
    const readCodes: CodedReader['readCodes'] = async (firstRow, rowCount, signal) => {
      const scale = await scaleOf(signal);
      const codes = decodeI2s(await readRowBytes(location, columns / 4, firstRow, rowCount, signal));
      if (codes === null) throw tensorError(location, 'I2_S with the code 3', 'the codes 0, 1 and 2');
      return { codes, scales: new Float32Array(rowCount).fill(scale) };
    };
    return {
      kind: 'ternary',
      rows,
      columns,
      groupSize: columns,
      stored: { ...storedRows(i2sFormat.name, location, columns / 4), readScale: scaleOf },
      readCodes,
      async readFloats(firstRow, rowCount, signal) {
        const { codes, scales } = await readCodes(firstRow, rowCount, signal);
        return scaleCodes(codes, scales, columns);
      },
    };
  },
};

async function readScale(location: TensorLocation, signal?: AbortSignal): Promise<number> {
  const offset = location.offsetBytes + (location.rows * location.columns) / 4;
  const bytes = await location.source.read(offset, 4, signal);
  const scale = new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0, true);
  if (!Number.isFinite(scale)) throw tensorError(location, `I2_S with the scale ${scale}`, 'a finite scale');
  return scale;
}
