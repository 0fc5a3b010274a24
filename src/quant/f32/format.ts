// F32 (ggml type 0): plain little-endian IEEE binary32.

import type { FloatReader, QuantFormat, TensorLocation } from '../format.ts';
import { alignedBytes, checkLocation, readRowBytes, storedRows } from '../location.ts';

/** F32 tensors; exact. */
export const f32Format: QuantFormat = {
  name: 'F32',
  ggmlType: 0,
  blockElements: 1,
  sizeBytes: (elements) => elements * 4,
  open(location: TensorLocation): FloatReader {
    checkLocation(f32Format, location);
    const { rows, columns } = location;
    return {
      kind: 'float',
      rows,
      columns,
      stored: storedRows('F32', location, columns * 4),
      async readFloats(firstRow, rowCount, signal) {
        const bytes = await readRowBytes(location, columns * 4, firstRow, rowCount, signal);
        return decodeF32(bytes).slice();
      },
    };
  },
};

/** f32 values of little-endian bytes (a multiple of 4); may share their memory. */
export function decodeF32(bytes: Uint8Array): Float32Array {
  const aligned = alignedBytes(bytes, 4);
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}

/** Little-endian bytes of f32 values; shares their memory. */
export function encodeF32(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
