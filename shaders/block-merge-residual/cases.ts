// Cases of block-merge-residual: one split, few, as many as fit; groups, norm, no gain, maxima far apart.
import {
  besideBuffer,
  CODE_CANARY,
  EPSILON,
  productShape,
  quantizedExpectation,
  randomOutliers,
  randomSplits,
  variantLayout,
} from '../block-case.ts';
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { floatMatrix } from '../float-case.ts';
import { blockMergeResidualReference } from './reference.ts';

interface Options {
  readonly name: string;
  readonly rows: number;
  readonly heads: number;
  readonly headDim: number;
  readonly splits: number;
  readonly group?: number;
  readonly norm?: boolean;
  readonly gained?: boolean;
  readonly spread?: number;
  readonly outliers?: number;
}

const LAYOUT = 'T2';

/** Codes of the input this close to a tie may be rounded either way: f32 merging against f64. */
const TIE = 2e-3;

function operandsOf(options: Options) {
  const { rows, heads, headDim, splits, norm = false, gained = true, spread = 2 } = options;
  const { group = heads * headDim } = options;
  const random = seededUniform(rows + splits + headDim);
  const splitsMax = splits + 2;
  const floats = (length: number, of: () => number) => Float32Array.from({ length }, of);
  return {
    outliers: randomOutliers({ ...options, k: heads * headDim }),
    ...floatMatrix(LAYOUT, { rows, k: heads * headDim, group }),
    group,
    norm,
    epsilon: EPSILON,
    ...{ heads, headDim, splits, splitsMax },
    partial: randomSplits({ heads, headDim, splits, splitsMax, spread }, random),
    subGain: gained ? floats(heads * headDim, () => 1 + 0.3 * random()) : null,
    x: floats(rows, () => 3 * random()),
    gain: floats(rows, () => 1 + 0.3 * random()),
  };
}

// What codes of the input that are near a tie can change in any row: codes are -1, 0 and 1, outliers up to 127.
function tieError(operands: ReturnType<typeof operandsOf>): number {
  const { outliers } = operands;
  const { input } = blockMergeResidualReference(operands);
  const largest = (values: Float32Array) =>
    values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const codeWeight = largest(operands.rowScale);
  const channels = new Set(outliers?.channels);
  const channelWeight = outliers ? 127 * largest(outliers.scale) : 0;
  const near = input.preRounding.reduce((sum, value, k) => {
    const toTie = Math.abs(value - Math.floor(value) - 0.5);
    if (toTie >= TIE) return sum;
    return sum + input.act[2 * Math.floor(k / 32)] * (codeWeight + (channels.has(k) ? channelWeight : 0));
  }, 0);
  const squares = input.act.reduce((sum, value, i) => (i % 2 === 1 ? sum + value : sum), 0);
  const r = operands.norm ? 1 / Math.sqrt(squares / input.codes.length + EPSILON) : 1;
  return near * r;
}

function makeCase(options: Options): KernelCase {
  const { name, rows, heads, headDim, splits, gained = true, outliers = 0 } = options;
  return {
    name,
    shape: {
      ...productShape(LAYOUT, { ...options, k: heads * headDim }),
      m: rows,
      heads,
      head_dim: headDim,
      splits_max: splits + 2,
      gained: gained ? 1 : 0,
    },
    layouts: [variantLayout(LAYOUT, outliers)],
    inputs() {
      const { w, rowScale, partial, subGain, x, gain, outliers: beside } = operandsOf(options);
      const out = new Float32Array(rows + 3).fill(-7);
      out.set(x);
      return {
        w,
        row_scale: rowScale,
        partial,
        sub_gain: subGain ?? new Float32Array(4).fill(Number.NaN),
        beside: besideBuffer(rows, beside, gain),
        x: out,
        q_out: new Uint32Array(rows / 4 + 3).fill(CODE_CANARY),
        act_out: new Float32Array(rows / 16 + 3).fill(-7),
      };
    },
    expected() {
      const operands = operandsOf(options);
      const { x, quantized, magnitude } = blockMergeResidualReference(operands);
      const sums = ((heads * headDim) / 32 + outliers + 16) * 2 ** -24 * (magnitude + 3);
      const absolute = sums + 8e-7 * magnitude + tieError(operands);
      const reason = 'f32 softmax weights and sums of blocks; codes of the input near a tie';
      return {
        x: { kind: 'close', values: x, absolute, relative: 4e-6, reason },
        ...quantizedExpectation(quantized, absolute),
      };
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'block-merge-residual',
  cases: [
    makeCase({ name: 'one split, norm', rows: 64, heads: 2, headDim: 64, splits: 1, norm: true }),
    makeCase({
      name: '5 splits',
      rows: 32,
      heads: 20,
      headDim: 128,
      splits: 5,
      norm: true,
    }),
    makeCase({ name: '17 splits', rows: 32, heads: 20, headDim: 128, splits: 17 }),
    makeCase({
      name: '12 splits x 32 heads',
      rows: 32,
      heads: 32,
      headDim: 32,
      splits: 12,
    }),
    makeCase({
      name: 'groups of 128',
      rows: 64,
      heads: 4,
      headDim: 96,
      splits: 3,
      group: 128,
    }),
    makeCase({
      name: 'no gain, maxima far apart',
      rows: 32,
      heads: 3,
      headDim: 128,
      splits: 6,
      gained: false,
      spread: 60,
    }),
    makeCase({ name: 'K = 8192', rows: 32, heads: 64, headDim: 128, splits: 6 }),
    makeCase({
      name: '128 outliers, norm',
      rows: 64,
      heads: 20,
      headDim: 128,
      splits: 3,
      norm: true,
      outliers: 128,
    }),
    makeCase({ name: 'K = 8192, 416 outliers', rows: 32, heads: 64, headDim: 128, splits: 6, outliers: 416 }),
  ],
};
