// Oracle of repack-absmax.

/** max |value| of each row. */
export function absmaxReference(values: Float32Array, columns: number): Float32Array {
  return Float32Array.from({ length: values.length / columns }, (_, row) =>
    values
      .subarray(row * columns, (row + 1) * columns)
      .reduce((largest, value) => Math.max(largest, Math.abs(value)), 0),
  );
}
