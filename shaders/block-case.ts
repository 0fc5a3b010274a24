// Operands and expectations of the fused block-mode ops for tests.
// Used by cases.ts files only; never bundled into the library.
import type { BlockOutliers, QuantizedOracle, SplitSums } from './block-oracle-case.ts';
import { type Expectation, seededUniform } from './case.ts';
import { NO_OUTLIERS, outlierParams, outlierTable } from './common/block/outlier-table.ts';
import { groupShift, layoutWithOutliers } from './common/block/parts.ts';
import { type FloatMatrix, floatMatrix } from './float-case.ts';
import { CELL_BYTES } from './layouts/cell-bytes.ts';

/** Layouts that the products read. */
export const CODE_LAYOUTS = ['W8', 'W4', 'T2', 'B1'];

/** Layout of the kernel variant for a matrix in `layout` with this many outlier channels. */
export function variantLayout(layout: string, outliers = 0): string {
  const name = outliers > 0 ? layoutWithOutliers(layout) : layout;
  if (name === null) throw new RangeError(`layout ${layout} has no outliers`);
  return name;
}

/** What outputs hold before: codes and floats. */
export const CODE_CANARY = 0x7fc0dead;

/** How to make the operands of a product. */
export interface ProductOptions {
  readonly rows: number;
  readonly k: number;
  /** Columns per weight scale. Default k. */
  readonly group?: number;
  readonly norm?: boolean;
  /** Every activation is this. Default random. */
  readonly activation?: number;
  /** Every weight code is this where the layout can hold it. */
  readonly code?: number;
  /** Input channels in int8 beside the codes, a multiple of 16. Default 0. */
  readonly outliers?: number;
}

/** Of every norm in the cases. */
export const EPSILON = Math.fround(1e-5);

/** Operands of a product: the matrix, and activations as a fused producer leaves them. */
export function productOperands(layout: string | undefined, options: ProductOptions) {
  const { rows, k, group = k, norm = false, activation, code } = options;
  const matrix: FloatMatrix = floatMatrix(layout, { rows, k, group, code });
  const random = seededUniform(k + rows);
  const q = Int8Array.from({ length: k }, () => activation ?? Math.round(127 * random()));
  const act = Float32Array.from({ length: k / 16 }, (_, i) => (i % 2 === 0 ? 0.01 : 8) * (1.5 + random()));
  const outliers = randomOutliers(options);
  return { ...matrix, group, q, act, norm, epsilon: EPSILON, outliers };
}

/** Outliers of a matrix, or null: ascending channels from the first block to the last, scales that make them weigh. */
export function randomOutliers({
  rows,
  k,
  outliers = 0,
  code,
}: Pick<ProductOptions, 'rows' | 'k' | 'outliers' | 'code'>): BlockOutliers | null {
  if (outliers === 0) return null;
  const random = seededUniform(k + outliers);
  return {
    weights: Int8Array.from({ length: rows * outliers }, () => code ?? Math.round(127 * random())),
    scale: Float32Array.from({ length: rows }, () => 0.05 * (1.5 + random())),
    channels: Uint32Array.from({ length: outliers }, (_, j) => Math.floor((j * k) / outliers) + (j % 2)),
  };
}

/** What a kernel binds as `beside`: the outliers, if any, and behind them the gain. */
export function besideBuffer(
  rows: number,
  outliers: BlockOutliers | null,
  gain: Float32Array = new Float32Array(4).fill(Number.NaN),
): Uint32Array {
  if (outliers === null) return new Uint32Array(gain.buffer);
  const { channels, scale, weights } = outliers;
  const table = outlierTable(rows, channels.length);
  const bytes = new Uint8Array(Math.max(table.bytes, table.gainAt + gain.byteLength)).fill(0xff);
  bytes.set(new Uint8Array(weights.buffer), 0);
  bytes.set(new Uint8Array(channels.buffer), table.channelsAt);
  bytes.set(new Uint8Array(scale.buffer), table.scalesAt);
  bytes.set(new Uint8Array(gain.buffer), table.gainAt);
  return new Uint32Array(bytes.buffer);
}

/** The shape fields that all products have. */
export function productShape(
  layout: string | undefined,
  { rows, k, group = k, norm = false, outliers = 0 }: ProductOptions,
) {
  const cell = CELL_BYTES.find(({ name }) => name === layout)?.cellColumns ?? k;
  const shift = groupShift(group, k, cell);
  if (shift === null) throw new RangeError(`groups of ${group} do not fit layout ${layout}`);
  const beside = outliers > 0 ? outlierParams(rows, outliers) : NO_OUTLIERS;
  return { k, group_shift: shift, norm: norm ? 1 : 0, epsilon: EPSILON, ...beside };
}

/** Splits as block-attention leaves them, of 64 keys with weights; those that are not live hold NaN. */
export function randomSplits(
  shape: Omit<SplitSums, 'partial'> & { /** Of the maxima. */ readonly spread: number },
  random: () => number,
): Float32Array {
  const { heads, headDim, splits, splitsMax, spread } = shape;
  const stride = headDim + 4;
  return Float32Array.from({ length: heads * splitsMax * stride }, (_, i) => {
    if (Math.floor(i / stride) % splitsMax >= splits) return Number.NaN;
    const place = i % stride;
    if (place < headDim) return 20 * random();
    if (place === headDim) return spread * random();
    return place === headDim + 1 ? 10 + random() : splits;
  });
}

/** Expectations of codes, and of scales with sums of squares, for values with the given error. */
export function quantizedExpectation(
  oracle: QuantizedOracle,
  absolute: number,
): { readonly q_out: Expectation; readonly act_out: Expectation } {
  const { codes, preRounding, act } = oracle;
  const smallest = act.reduce(
    (least, value, i) => (i % 2 === 0 && value > 0 ? Math.min(least, value) : least),
    1e30,
  );
  const largest = Math.sqrt(act.reduce((most, value, i) => (i % 2 === 1 ? Math.max(most, value) : most), 0));
  return {
    q_out: {
      kind: 'packed-int8',
      values: codes,
      preRounding,
      // An error of the value in units of a code, twice: of the value and of the block's maximum.
      tieWidth: 1e-3 + (3 * absolute) / smallest,
    },
    act_out: {
      kind: 'close',
      values: act,
      absolute: absolute * (1 + 12 * largest),
      relative: 1e-5,
      reason: 'f32 values in any order, their maximum and their sum of squares',
    },
  };
}
