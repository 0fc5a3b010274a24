// Layout P: ternary codes as two bit planes, for masked accumulation by popcount (no packed dot product needed).
// A cell is a vec4<u32> of 64 consecutive columns: (plus of 0..31, minus of 0..31, plus of 32..63, minus of 32..63);
// bit b of a plane word is column b of its half. Rows are contiguous; scales are separate, one f32 per row.

/** Columns of one cell (16 bytes). Columns of a P matrix must be a multiple. */
export const P_CELL_COLUMNS = 64;

/** Bytes of one row of `columns` columns. */
export function pRowBytes(columns: number): number {
  return columns / 4;
}

/**
 * Packs ternary codes.
 * @param codes [rows, columns] i8 in {-1, 0, 1}; columns a multiple of P_CELL_COLUMNS
 * @returns [rows, columns / 16] u32
 */
export function packP(codes: Int8Array): Uint32Array {
  const words = new Uint32Array(codes.length / 16);
  for (let pair = 0, at = 0; pair < words.length; pair += 2, at += 32) {
    let plus = 0;
    let minus = 0;
    for (let bit = 0; bit < 32; bit++) {
      const code = codes[at + bit];
      plus |= (code > 0 ? 1 : 0) << bit;
      minus |= (code < 0 ? 1 : 0) << bit;
    }
    words[pair] = plus;
    words[pair + 1] = minus;
  }
  return words;
}

/**
 * Bit planes of int8 activations, the operand that meets P cells: word p of group g is bit p of columns 32g..32g+31.
 * The op bit-planes computes the same on the GPU.
 * @param q [T, K] int8, K a multiple of 32
 * @returns [T, K / 32, 8] u32
 */
export function packBitPlanes(q: Int8Array): Uint32Array {
  const planes = new Uint32Array(q.length / 4);
  for (let k = 0; k < q.length; k++) {
    const group = (k >> 5) * 8;
    for (let p = 0; p < 8; p++) planes[group + p] |= ((q[k] >> p) & 1) << (k & 31);
  }
  return planes;
}
