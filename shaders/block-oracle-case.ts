// Plain f64 arithmetic that the oracles of the fused block-mode ops share.
// Used by reference.ts and cases.ts files only; never bundled into the library.

/** Columns per scale of the activations. */
const BLOCK = 32;

/** Input channels in int8 beside the codes. */
export interface BlockOutliers {
  /** [M, J] int8. */
  readonly weights: Int8Array;
  /** [M]. */
  readonly scale: Float32Array;
  /** [J] columns. */
  readonly channels: Uint32Array;
}

/** Operands of a product. */
export interface BlockProduct {
  /** [M, K] codes. */
  readonly values: ArrayLike<number>;
  /** [M, K / group]. */
  readonly rowScale: Float32Array;
  readonly group: number;
  /** [K] int8. */
  readonly q: Int8Array;
  /** [K / 32, 2]: scale, sum of squares. */
  readonly act: Float32Array;
  /** True: divide by the root of the mean square plus epsilon. */
  readonly norm: boolean;
  readonly epsilon: number;
  /** Default: none. */
  readonly outliers?: BlockOutliers | null;
}

/**
 * y[M] = r * (sum over K of rowScale * values * x + sum over J of outlier scale * outlier * x[channel]) with x = scale * q, and
 * the largest sum of magnitudes for error bounds.
 */
export function blockProductOracle(operands: BlockProduct): {
  readonly y: Float64Array;
  readonly magnitude: number;
} {
  const { values, rowScale, group, q, act, norm, epsilon, outliers } = operands;
  const K = q.length;
  let squares = 0;
  for (let b = 0; b < K / BLOCK; b++) squares += act[2 * b + 1];
  const r = norm ? 1 / Math.sqrt(squares / K + epsilon) : 1;
  const y = new Float64Array(values.length / K);
  let magnitude = 0;
  for (let m = 0; m < y.length; m++) {
    let size = 0;
    for (let k = 0; k < K; k++) {
      const scale = rowScale[m * (K / group) + Math.floor(k / group)] * act[2 * Math.floor(k / BLOCK)];
      const product = r * scale * values[m * K + k] * q[k];
      y[m] += product;
      size += Math.abs(product);
    }
    outliers?.channels.forEach((k, j) => {
      const weight = outliers.scale[m] * outliers.weights[m * outliers.channels.length + j];
      const product = r * weight * act[2 * Math.floor(k / BLOCK)] * q[k];
      y[m] += product;
      size += Math.abs(product);
    });
    magnitude = Math.max(magnitude, size);
  }
  return { y, magnitude };
}

/** Blocks of 32 of y * gain as int8 with scales, and the sums of squares of y. */
export interface QuantizedOracle {
  readonly codes: Int8Array;
  readonly preRounding: Float64Array;
  /** [blocks, 2]: scale, sum of squares. */
  readonly act: Float64Array;
}

/** Absmax quantisation of blocks of 32, ties to even. */
export function quantizeOracle(y: Float64Array, gain: (index: number) => number): QuantizedOracle {
  const codes = new Int8Array(y.length);
  const preRounding = new Float64Array(y.length);
  const act = new Float64Array((2 * y.length) / BLOCK);
  for (let b = 0; b < y.length / BLOCK; b++) {
    const at = Array.from({ length: BLOCK }, (_, i) => b * BLOCK + i);
    const largest = Math.max(...at.map((i) => Math.abs(y[i] * gain(i))));
    act[2 * b] = largest / 127;
    act[2 * b + 1] = at.reduce((sum, i) => sum + y[i] ** 2, 0);
    for (const i of at) {
      preRounding[i] = largest === 0 ? 0 : (y[i] * gain(i) * 127) / largest;
      const floor = Math.floor(preRounding[i]);
      codes[i] = preRounding[i] - floor === 0.5 && floor % 2 === 0 ? floor : Math.round(preRounding[i]);
    }
  }
  return { codes, preRounding, act };
}

/** Splits of block-attention, as block-merge joins them. */
export interface SplitSums {
  /** [H, splitsMax, Dh + 4]: sums, maximum, sum of weights, live splits, 0. */
  readonly partial: Float32Array;
  readonly heads: number;
  readonly headDim: number;
  readonly splits: number;
  readonly splitsMax: number;
}

/** y[H, Dh]: the live splits joined. */
export function mergeOracle({ partial, heads, headDim, splits, splitsMax }: SplitSums): Float64Array {
  const y = new Float64Array(heads * headDim);
  for (let h = 0; h < heads; h++) {
    const live = Array.from({ length: splits }, (_, i) => (h * splitsMax + i) * (headDim + 4));
    const largest = Math.max(...live.map((at) => partial[at + headDim]));
    const weights = live.map((at) => Math.exp(partial[at + headDim] - largest));
    const total = live.reduce((sum, at, i) => sum + weights[i] * partial[at + headDim + 1], 0);
    for (let d = 0; d < headDim; d++) {
      y[h * headDim + d] = live.reduce((sum, at, i) => sum + weights[i] * partial[at + d], 0) / total;
    }
  }
  return y;
}
