// Layout BF16: the upper halves of binary32, two columns per u32, the even column in the low half.

/** Columns of one cell (a vec4<u32>, 16 bytes). Columns of a BF16 matrix must be a multiple. */
export const BF16_CELL_COLUMNS = 8;

/** Bytes of one row. */
export function bf16RowBytes(columns: number): number {
  return columns * 2;
}

/** Packs floats [rows, columns] (columns even) that are bfloat16 values into u32 pairs; other values are cut off. */
export function packBf16(values: Float32Array): Uint32Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const words = new Uint32Array(values.length / 2);
  for (let i = 0; i < words.length; i++) words[i] = (bits[2 * i] >>> 16) | (bits[2 * i + 1] & 0xffff0000);
  return words;
}
