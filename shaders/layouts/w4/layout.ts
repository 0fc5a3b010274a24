// Layout W4: 4-bit two's complement codes, ordered for packed dot products.
// A cell is a vec4<u32> of 32 consecutive columns: word w holds columns 8w..8w+7; code k (0..7) of a word sits at bit
// 8 * (k & 3) + 4 * (k >> 2). So `(word << (4 - 4f)) & 0xF0F0F0F0` holds 16 * code for columns 4f..4f+3, one per byte.
// Rows are contiguous; scales (and minima) are separate, one f32 per group of columns.

/** Columns of one cell (16 bytes). Columns of a W4 matrix must be a multiple. */
export const W4_CELL_COLUMNS = 32;

/** Bytes of one row of `columns` columns. */
export function w4RowBytes(columns: number): number {
  return columns / 2;
}

/**
 * Packs 4-bit codes.
 * @param codes [rows, columns] i8 in -8..7; columns a multiple of W4_CELL_COLUMNS
 * @returns [rows, columns / 8] u32
 */
export function packW4(codes: Int8Array): Uint32Array {
  const words = new Uint32Array(codes.length / 8);
  for (let word = 0, at = 0; word < words.length; word++, at += 8) {
    let bits = 0;
    for (let byte = 0; byte < 4; byte++) {
      const packed = (codes[at + byte] & 15) | ((codes[at + byte + 4] & 15) << 4);
      bits |= packed << (8 * byte);
    }
    words[word] = bits;
  }
  return words;
}
