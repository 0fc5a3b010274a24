// Layout W8: int8 codes, four columns per u32, lowest byte first; one f32 scale per `groupSize` columns of a row.
// W[r, k] = scales[r * (columns / groupSize) + floor(k / groupSize)] * codes[r, k].

/** Columns of one cell (a vec4<u32>, 16 bytes). Columns and groups of a W8 matrix must be multiples. */
export const W8_CELL_COLUMNS = 16;

/** Bytes of one row of codes. */
export function w8RowBytes(columns: number): number {
  return columns;
}

/** int8 codes with scales. */
export interface Int8Rows {
  /** [rows, columns] */
  readonly codes: Int8Array;
  /** [rows] f32: one scale per row. */
  readonly scales: Float32Array;
}

// Adding and subtracting it rounds a double to the nearest integer, ties to even.
const TO_INTEGER = 6755399441055744; // 1.5 * 2^52
/** A product with the reciprocal this far from an integer may be a tie, or next to one. */
const NEAR_TIE = 0.499999;

/**
 * Quantises rows of floats to int8 with one scale per row: scale = max|w| / 127, code = 127 w / max|w|, both exactly
 * rounded, ties to even. The op repack-int8 computes the same on the GPU.
 * @param values [rows, columns] f32
 */
export function quantizeRowsToInt8(values: Float32Array, columns: number): Int8Rows {
  const rows = values.length / columns;
  const codes = new Int8Array(values.length);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const base = row * columns;
    let absmax = 0;
    for (let k = 0; k < columns; k++) absmax = Math.max(absmax, Math.abs(values[base + k]));
    scales[row] = absmax / 127;
    const toCode = absmax > 0 ? 127 / absmax : 0;
    for (let k = base; k < base + columns; k++) {
      const scaled = values[k] * toCode;
      let code = scaled + TO_INTEGER - TO_INTEGER;
      // The quotient, unlike the product with a rounded reciprocal, is a tie exactly where the ratio is one.
      if (Math.abs(scaled - code) > NEAR_TIE) code = (127 * values[k]) / absmax + TO_INTEGER - TO_INTEGER;
      codes[k] = code;
    }
  }
  return { codes, scales };
}
