// Outlier channels of a matrix as the fused kernels of block arithmetic read them.
import { NO_OUTLIERS, outlierParams, outlierTable } from '../../../shaders/common/block/outlier-table.ts';
import { layoutWithOutliers, MAX_OUTLIERS } from '../../../shaders/common/block/parts.ts';
import type { OutlierOperands, OutlierSide } from './outlier-side.ts';

/** Outliers beside a matrix; what they are copied from belongs to the layer. */
export interface BlockOutliers extends OutlierOperands {
  /** Number of channels. */
  readonly channels: number;
}

/** What the fused kernels need to know of a matrix that may have outliers. */
export interface MatrixBeside {
  readonly rows: number;
  /** What the kernel multiplies the result by before it is quantised; null: nothing. */
  readonly gain: GPUBuffer | null;
  readonly outliers: BlockOutliers | null;
}

/** A matrix of codes in one buffer. */
interface Codes {
  readonly layout: string;
  readonly rows: number;
}

/**
 * The outliers of a whole matrix, and the layout of the kernels that take both.
 * @returns null when the fused kernels do not take them: too many, in several buffers, or beside a layout that has no variant
 */
export function planOutliers(
  { layout, rows }: Codes,
  side: OutlierSide,
): { readonly layout: string; readonly outliers: BlockOutliers } | null {
  const name = layoutWithOutliers(layout);
  const operands = side.operandsOf(0, rows);
  if (name === null || operands === null || side.channels > MAX_OUTLIERS) return null;
  return { layout: name, outliers: { ...operands, channels: side.channels } };
}

/** The binding `beside` of a fused kernel. @param unused bound where there is neither outlier nor gain */
export function besideBuffer({ gain, outliers }: MatrixBeside, unused: GPUBuffer): GPUBuffer {
  return outliers?.weights ?? gain ?? unused;
}

/** The params that go with it. */
export function besideParams({ rows, outliers }: MatrixBeside) {
  return outliers === null ? NO_OUTLIERS : outlierParams(rows, outliers.channels);
}

/** Puts what the fused kernels read besides the weights of the outliers behind them; once all these are loaded. */
export function completeTable(encoder: GPUCommandEncoder, { rows, gain, outliers }: MatrixBeside): void {
  if (outliers === null) return;
  const { channels, weights, index, scale } = outliers;
  const { channelsAt, scalesAt, gainAt } = outlierTable(rows, channels);
  encoder.copyBufferToBuffer(index, 0, weights, channelsAt, channels * 4);
  encoder.copyBufferToBuffer(scale, 0, weights, scalesAt, rows * 4);
  if (gain !== null) encoder.copyBufferToBuffer(gain, 0, weights, gainAt, gain.size);
}
