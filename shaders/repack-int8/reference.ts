// Oracle of repack-int8: exact rational arithmetic on the bits of the floats.

/** Result of the oracle. */
export interface Int8RowsReference {
  readonly codes: Int8Array;
  /** max |value| / 127 of each row, rounded once to f32. */
  readonly scales: Float32Array;
}

// A finite f32 as a whole number of 2^-149.
function units(value: number): bigint {
  const bits = new Uint32Array(Float32Array.of(Math.abs(value)).buffer)[0];
  const exponent = bits >>> 23;
  const fraction = bits & 0x7fffff;
  return exponent === 0 ? BigInt(fraction) : BigInt(fraction | 0x800000) << BigInt(exponent - 1);
}

/** code = 127 * value / max |value| to the nearest integer, ties to even. */
export function repackInt8Reference(values: Float32Array, columns: number): Int8RowsReference {
  const rows = values.length / columns;
  const codes = new Int8Array(values.length);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const line = values.subarray(row * columns, (row + 1) * columns);
    const largest = line.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    scales[row] = largest / 127; // f64, then f32: 127 is odd, so no double rounding
    if (largest === 0) continue;
    const top = units(largest);
    line.forEach((value, k) => {
      const halves = (254n * units(value)) / top;
      const isExact = halves * top === 254n * units(value);
      let code = Number(halves / 2n);
      if (halves % 2n === 1n && !(isExact && code % 2 === 0)) code++;
      codes[row * columns + k] = value < 0 ? -code : code;
    });
  }
  return { codes, scales };
}
