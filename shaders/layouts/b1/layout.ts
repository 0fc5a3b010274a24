// Layout B1: binary codes (+1 or -1), one bit each, ordered for packed dot products.
// A cell is a vec4<u32> of 128 consecutive columns: word w holds columns 32w..32w+31; code k (0..31) of a word sits at
// bit 8 * (k & 3) + (k >> 2); a set bit is +1. So `(word >> f) & 0x01010101` holds the bits of columns 4f..4f+3, one per
// byte. Rows are contiguous; scales are separate, one f32 per group of columns.

/** Columns of one cell (16 bytes). Columns of a B1 matrix must be a multiple. */
export const B1_CELL_COLUMNS = 128;

/** Bytes of one row of `columns` columns. */
export function b1RowBytes(columns: number): number {
  return columns / 8;
}

/**
 * Packs binary codes.
 * @param codes [rows, columns] i8 in {-1, 1}; columns a multiple of B1_CELL_COLUMNS
 * @returns [rows, columns / 32] u32
 */
export function packB1(codes: Int8Array): Uint32Array {
  const words = new Uint32Array(codes.length / 32);
  for (let word = 0, at = 0; word < words.length; word++, at += 32) {
    let bits = 0;
    for (let k = 0; k < 32; k++) {
      // 1 for a positive code, 0 for a negative one.
      bits |= ((codes[at + k] >>> 31) ^ 1) << (8 * (k & 3) + (k >> 2));
    }
    words[word] = bits;
  }
  return words;
}
