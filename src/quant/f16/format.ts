// F16 (ggml type 1): little-endian IEEE binary16, subnormals and infinities included.

import { f16ToF32Table, f32ToF16 } from '../../util/float16.ts';
import type { FloatReader, QuantFormat, TensorLocation } from '../format.ts';
import { alignedBytes, checkLocation, readRowBytes, storedRows } from '../location.ts';

/** F16 tensors; decoding is exact. */
export const f16Format: QuantFormat = {
  name: 'F16',
  ggmlType: 1,
  blockElements: 1,
  sizeBytes: (elements) => elements * 2,
  open(location: TensorLocation): FloatReader {
    checkLocation(f16Format, location);
    const { rows, columns } = location;
    return {
      kind: 'float',
      isBinary16: true,
      rows,
      columns,
      stored: storedRows('F16', location, columns * 2),
      async readFloats(firstRow, rowCount, signal) {
        return decodeF16(await readRowBytes(location, columns * 2, firstRow, rowCount, signal));
      },
    };
  },
};

/** f32 values of little-endian binary16 bytes (an even count). */
export function decodeF16(bytes: Uint8Array): Float32Array {
  const aligned = alignedBytes(bytes, 2);
  const halves = new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 2);
  const table = f16ToF32Table();
  const values = new Float32Array(halves.length);
  for (let index = 0; index < halves.length; index++) values[index] = table[halves[index]];
  return values;
}

/** Nearest binary16 of each value, little-endian; ties to even, overflow to infinity. */
export function encodeF16(values: Float32Array): Uint8Array {
  const halves = new Uint16Array(values.length);
  for (let index = 0; index < halves.length; index++) halves[index] = f32ToF16(values[index]);
  return new Uint8Array(halves.buffer);
}
