// How a buffer holds the outlier channels of a matrix for the fused kernels: with everything that their product reads, since
// a kernel may bind eight buffers only. Read by common/block/outliers.wgsl.

/** Columns of a cell of outliers. */
const CELL_COLUMNS = 16;

/** Places in the buffer, in bytes: multiples of 16. */
export interface OutlierTable {
  /** [outliers] u32, behind the codes [rows, outliers] int8 of layout W8: ascending columns. */
  readonly channelsAt: number;
  /** [rows] f32: the scales of the outliers. */
  readonly scalesAt: number;
  /** [rows] f32, or fewer: the gain that the kernel applies to its result, if any. */
  readonly gainAt: number;
  /** Of the whole buffer. */
  readonly bytes: number;
}

/** Bytes behind the codes, besides OUTLIER_TAIL_ROW_BYTES per row: the channels, and what vectors of rows are padded with. */
export function outlierTailBytes(outliers: number): number {
  return outliers * 4 + 2 * CELL_COLUMNS;
}

/** Of the scale and the gain of a row. */
export const OUTLIER_TAIL_ROW_BYTES = 8;

/** The table of `rows` rows with this many outlier channels. @param outliers a multiple of 16 */
export function outlierTable(rows: number, outliers: number): OutlierTable {
  const vectorBytes = Math.ceil(rows / 4) * 16;
  const channelsAt = rows * outliers;
  const scalesAt = channelsAt + outliers * 4;
  const gainAt = scalesAt + vectorBytes;
  return { channelsAt, scalesAt, gainAt, bytes: gainAt + vectorBytes };
}

/** What the params of a fused kernel say of a table; all zero without outliers, and the gain then begins the buffer. */
export function outlierParams(rows: number, outliers: number) {
  const { channelsAt, gainAt } = outlierTable(rows, outliers);
  return { outliers, channels_at: channelsAt / 16, gain_at: gainAt / 16 };
}

/** Params of a kernel whose matrix has no outliers. */
export const NO_OUTLIERS = { outliers: 0, channels_at: 0, gain_at: 0 };
