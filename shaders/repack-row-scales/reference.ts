// Oracle of repack-row-scales.

/** Result of the oracle. */
export interface RowScalesReference {
  readonly rowScales: Float32Array;
  /** True when the scales of some row differ. */
  readonly differ: boolean;
}

/** The last scale of each row that is not zero; 0 for rows of zeros. */
export function rowScalesReference(scales: Float32Array, groups: number): RowScalesReference {
  const rows = Array.from({ length: scales.length / groups }, (_, row) =>
    [...scales.subarray(row * groups, (row + 1) * groups)].filter((scale) => scale !== 0),
  );
  return {
    rowScales: Float32Array.from(rows, (row) => row.at(-1) ?? 0),
    differ: rows.some((row) => new Set(row).size > 1),
  };
}
