// Transposes of 32-bit words, which turn the order of columns into that of the layouts' shifts and back.

/**
 * Writes word i of source vector j as word j of target vector i, for four vectors each.
 * @param fromStride bytes from one source vector to the next; `toStride` likewise
 */
export function transposeWords(from: usize, fromStride: usize, to: usize, toStride: usize): void {
  const j0 = v128.load(from);
  const j1 = v128.load(from + fromStride);
  const j2 = v128.load(from + 2 * fromStride);
  const j3 = v128.load(from + 3 * fromStride);
  const low01 = i32x4.shuffle(j0, j1, 0, 4, 1, 5);
  const low23 = i32x4.shuffle(j2, j3, 0, 4, 1, 5);
  const high01 = i32x4.shuffle(j0, j1, 2, 6, 3, 7);
  const high23 = i32x4.shuffle(j2, j3, 2, 6, 3, 7);
  v128.store(to, i64x2.shuffle(low01, low23, 0, 2));
  v128.store(to + toStride, i64x2.shuffle(low01, low23, 1, 3));
  v128.store(to + 2 * toStride, i64x2.shuffle(high01, high23, 0, 2));
  v128.store(to + 3 * toStride, i64x2.shuffle(high01, high23, 1, 3));
}
