// What the reference decoder must know of quantised files of our own: rotated inputs, outlier channels, single kept
// weights. Plain loops in f64 from docs/quantized-files.md.
import type { GgufTensorSet } from '../../src/loader/tensor-set.ts';
import type { OnlineRotation } from '../../src/quant/quantization-metadata.ts';

/** What stands beside a matrix, and before it. */
export interface Beside {
  readonly rotation: { readonly block: number; readonly signs: Int8Array | null } | null;
  /** values [rows, channels.length] */
  readonly outliers: { readonly channels: Uint32Array; readonly values: Float32Array } | null;
  /** entries [rows, words] of two 16-bit halves, scale [rows] */
  readonly sparse: {
    readonly words: number;
    readonly entries: Uint32Array;
    readonly scale: Float32Array;
  } | null;
}

/** Reads what the file has beside a matrix `NAME.weight`. */
export async function readBeside(
  weight: string,
  tensors: GgufTensorSet,
  rotation: OnlineRotation | null,
): Promise<Beside> {
  const name = weight.replace(/\.weight$/, '');
  const block = rotation?.blockSizes.get(weight);
  const { columns } = tensors.open(weight);
  let outliers: Beside['outliers'] = null;
  if (tensors.has(`${name}.outlier_index`)) {
    const kept = tensors.open(`${name}.outlier.weight`);
    outliers = {
      channels: await tensors.openWords(`${name}.outlier_index`).readWords(0, 1),
      values: await kept.readFloats(0, kept.rows),
    };
  }
  let sparse: Beside['sparse'] = null;
  if (tensors.has(`${name}.sparse`)) {
    const entries = tensors.openWords(`${name}.sparse`);
    sparse = {
      words: entries.columns,
      entries: await entries.readWords(0, entries.rows),
      scale: await tensors.open(`${name}.sparse_scale`).readFloats(0, 1),
    };
  }
  return {
    rotation: block === undefined ? null : { block, signs: rotation?.signs.get(columns) ?? null },
    outliers,
    sparse,
  };
}

/** H (signs o x) by the dense matrix. */
export function rotateInput({ rotation }: Beside, x: readonly number[]): readonly number[] {
  if (rotation === null) return x;
  const { block, signs } = rotation;
  const signed = x.map((value, k) => value * (signs?.[k] ?? 1));
  return x.map((_, k) => {
    const first = k - (k % block);
    let sum = 0;
    for (let j = 0; j < block; j++) {
      let odd = false;
      for (let bits = (k % block) & j; bits !== 0; bits &= bits - 1) odd = !odd;
      sum += odd ? -signed[first + j] : signed[first + j];
    }
    return sum / Math.sqrt(block);
  });
}

/** Adds what outliers and kept weights contribute to y[rows] for the input x that the matrix has read. */
export function addBeside({ outliers, sparse }: Beside, x: readonly number[], y: number[]): void {
  for (let row = 0; row < y.length; row++) {
    outliers?.channels.forEach((channel, j) => {
      y[row] += outliers.values[row * outliers.channels.length + j] * x[channel];
    });
    if (sparse === null) continue;
    const slots = (sparse.words * 64) / x.length;
    for (let entry = 0; entry < 2 * sparse.words; entry++) {
      const word = sparse.entries[row * sparse.words + Math.floor(entry / 2)];
      const half = Math.floor(word / 2 ** (16 * (entry % 2))) % 65536;
      const value = Math.floor(half / 32);
      const column = 32 * Math.floor(entry / slots) + (half % 32);
      y[row] += sparse.scale[row] * (value >= 1024 ? value - 2048 : value) * x[column];
    }
  }
}
