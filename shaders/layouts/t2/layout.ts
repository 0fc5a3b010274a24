// Layout T2: ternary codes as 2-bit two's complement, ordered for dot4I8Packed.
// A cell is a vec4<u32> of 64 consecutive columns: word w holds columns 16w..16w+15; code j (0..15) of a word sits at
// bit 8 * (j & 3) + 2 * (j >> 2). So `(word << (6 - 2f)) & 0xC0C0C0C0` holds 64 * code for columns 4f..4f+3, one per
// byte, and meets one packed activation word. Rows are contiguous; scales are separate, one f32 per row or per group of
// columns.

/** Columns of one cell (16 bytes). Columns of a T2 matrix must be a multiple. */
export const T2_CELL_COLUMNS = 64;

/** Bytes of one row of `columns` columns. */
export function t2RowBytes(columns: number): number {
  return columns / 4;
}

/**
 * Packs ternary codes.
 * @param codes [rows, columns] i8 in {-1, 0, 1}; columns a multiple of T2_CELL_COLUMNS
 * @returns [rows, columns / 16] u32
 */
export function packT2(codes: Int8Array): Uint32Array {
  const words = new Uint32Array(codes.length / 16);
  for (let word = 0, at = 0; word < words.length; word++, at += 16) {
    let bits = 0;
    for (let byte = 0; byte < 4; byte++) {
      const packed =
        (codes[at + byte] & 3) |
        ((codes[at + byte + 4] & 3) << 2) |
        ((codes[at + byte + 8] & 3) << 4) |
        ((codes[at + byte + 12] & 3) << 6);
      bits |= packed << (8 * byte);
    }
    words[word] = bits;
  }
  return words;
}
