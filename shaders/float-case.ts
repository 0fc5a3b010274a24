// Operands of the ops with f32 activations for tests, in every layout.
// Used by cases.ts files only; never bundled into the library.
import { seededUniform } from './case.ts';
import { packB1 } from './layouts/b1/layout.ts';
import { packBf16 } from './layouts/bf16/layout.ts';
import { packF16 } from './layouts/f16/layout.ts';
import { packP } from './layouts/p/layout.ts';
import { packT2 } from './layouts/t2/layout.ts';
import { packW4 } from './layouts/w4/layout.ts';

/** A matrix as the kernels see it. */
export interface FloatMatrix {
  /** [rows, k]: codes within the layout's range, or for F16, BF16 and F32 values exact in the layout. */
  readonly values: Int8Array | Float32Array;
  /** [rows, k / group]; ones for F16, BF16 and F32. */
  readonly rowScale: Float32Array;
  /** [rows, k / group]; zeros unless asked for. */
  readonly rowMin: Float32Array;
  /** The cells. */
  readonly w: Uint32Array;
}

/** How to make a matrix. */
export interface FloatMatrixOptions {
  readonly rows: number;
  readonly k: number;
  /** Columns per scale. */
  readonly group: number;
  /** Largest magnitude of a scale of codes, or of a float. Default 1. */
  readonly amplitude?: number;
  /** Every code is this, where the layout can hold it. */
  readonly code?: number;
  /** Scales are powers of two and minima small multiples of the smallest, so that sums are exact. Default false. */
  readonly exact?: boolean;
  /** Minima other than 0. Default false. */
  readonly minima?: boolean;
}

interface CodeLayout {
  readonly least: number;
  readonly most: number;
  readonly pack: (codes: Int8Array) => Uint32Array;
}

const CODE_LAYOUTS: Readonly<Record<string, CodeLayout>> = {
  W8: { least: -128, most: 127, pack: (codes) => new Uint32Array(codes.slice().buffer) },
  W4: { least: -8, most: 7, pack: packW4 },
  T2: { least: -1, most: 1, pack: packT2 },
  P: { least: -1, most: 1, pack: packP },
  B1: { least: -1, most: 1, pack: packB1 },
};

/** Makes the same matrix for the same options. */
export function floatMatrix(layout: string | undefined, options: FloatMatrixOptions): FloatMatrix {
  const { rows, k, group, amplitude = 1, exact = false, minima = false } = options;
  const random = seededUniform(rows * 7919 + k);
  const count = rows * (k / group);
  const codeLayout = CODE_LAYOUTS[layout ?? ''];
  const steps = layout === 'BF16' ? 128 : 1024;
  const values = codeLayout
    ? makeCodes(layout === 'B1', codeLayout, options, random)
    : // Multiples of 1/steps below 2 times a power of two: exact in binary16 or bfloat16.
      Float32Array.from({ length: rows * k }, () => (Math.round(steps * random()) / steps) * amplitude);
  const scale = (index: number) => {
    if (!codeLayout) return 1;
    return exact ? 2 ** ((index % 5) - 9) : amplitude * (0.6 + 0.4 * random());
  };
  const minimum = () => {
    if (!minima) return 0;
    return exact ? Math.round(8 * random()) / 512 : 3 * amplitude * random();
  };
  const rowScale = Float32Array.from({ length: count }, (_, index) => scale(index));
  const rowMin = Float32Array.from({ length: count }, minimum);
  return { values, rowScale, rowMin, w: packValues(layout, codeLayout, values) };
}

function makeCodes(
  binary: boolean,
  { least, most }: CodeLayout,
  { rows, k, code }: FloatMatrixOptions,
  random: () => number,
): Int8Array {
  const draw = () => {
    if (binary) return random() < 0 ? -1 : 1;
    return least + Math.floor(((random() + 1) / 2) * (most - least + 1));
  };
  return Int8Array.from({ length: rows * k }, () =>
    code === undefined ? draw() : Math.max(least, Math.min(most, code)),
  );
}

function packValues(
  layout: string | undefined,
  codeLayout: CodeLayout | undefined,
  values: Int8Array | Float32Array,
): Uint32Array {
  if (values instanceof Int8Array) return codeLayout?.pack(values) ?? new Uint32Array();
  if (layout === 'BF16') return packBf16(values);
  return layout === 'F16' ? packF16(values) : new Uint32Array(values.slice().buffer);
}
