// BF16 (ggml type 30): the upper half of a binary32, little-endian.

import { f32ToBf16 } from '../../util/float16.ts';
import type { FloatReader, QuantFormat, TensorLocation } from '../format.ts';
import { alignedBytes, checkLocation, readRowBytes, storedRows } from '../location.ts';

/** BF16 tensors; decoding is exact. */
export const bf16Format: QuantFormat = {
  name: 'BF16',
  ggmlType: 30,
  blockElements: 1,
  sizeBytes: (elements) => elements * 2,
  open(location: TensorLocation): FloatReader {
    checkLocation(bf16Format, location);
    const { rows, columns } = location;
    return {
      kind: 'float',
      isBfloat16: true,
      rows,
      columns,
      stored: storedRows('BF16', location, columns * 2),
      async readFloats(firstRow, rowCount, signal) {
        return decodeBf16(await readRowBytes(location, columns * 2, firstRow, rowCount, signal));
      },
    };
  },
};

/** f32 values of little-endian bfloat16 bytes (an even count). */
export function decodeBf16(bytes: Uint8Array): Float32Array {
  const aligned = alignedBytes(bytes, 2);
  const halves = new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 2);
  const values = new Float32Array(halves.length);
  const bits = new Uint32Array(values.buffer);
  for (let index = 0; index < halves.length; index++) bits[index] = halves[index] << 16;
  return values;
}

/** Nearest bfloat16 of each value, little-endian; ties to even, NaN stays a quiet NaN. */
export function encodeBf16(values: Float32Array): Uint8Array {
  const halves = new Uint16Array(values.length);
  for (let index = 0; index < halves.length; index++) halves[index] = f32ToBf16(values[index]);
  return new Uint8Array(halves.buffer);
}
