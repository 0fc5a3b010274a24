// Names of the device layouts and the sharding rule that all of them share.

/** Device layouts of weights. T2, P: ternary; B1: binary; W4: 4-bit; W8: int8; F16, BF16, F32: floats. See each folder. */
export type LayoutName = 'T2' | 'P' | 'B1' | 'W4' | 'W8' | 'F16' | 'BF16' | 'F32';

/** A run of consecutive rows that live in one buffer. */
export interface RowShard {
  readonly firstRow: number;
  readonly rowCount: number;
}

/**
 * Splits rows into shards of at most `maxBytes` each, as even as possible.
 * @param rowBytes bytes of one row; a single row must fit
 */
export function shardRows(rows: number, rowBytes: number, maxBytes: number): readonly RowShard[] {
  const perShard = Math.floor(maxBytes / rowBytes);
  if (perShard < 1) throw new RangeError(`A row of ${rowBytes} bytes does not fit ${maxBytes} bytes`);
  const count = Math.ceil(rows / perShard);
  const size = Math.ceil(rows / count);
  return Array.from({ length: count }, (_, index) => ({
    firstRow: index * size,
    rowCount: Math.min(size, rows - index * size),
  }));
}
