// Operands of the ops with float or int8 weights for tests, in every layout.
// Used by cases.ts files only; never bundled into the library.
import { seededUniform } from './case.ts';
import { packF16 } from './layouts/f16/layout.ts';

/** A matrix as the kernels see it. */
export interface FloatMatrix {
  /** [rows, k]: int8 codes for W8, values exact in the layout for F16 and F32. */
  readonly values: Int8Array | Float32Array;
  /** [rows, k / group]; ones for F16 and F32. */
  readonly rowScale: Float32Array;
  /** The cells. */
  readonly w: Uint32Array;
}

/** How to make a matrix. */
export interface FloatMatrixOptions {
  readonly rows: number;
  readonly k: number;
  /** Columns per scale. */
  readonly group: number;
  /** Largest magnitude of a W8 scale or of a float. Default 1. */
  readonly amplitude?: number;
  /** Every W8 code is this. */
  readonly code?: number;
}

/** Makes the same matrix for the same options. */
export function floatMatrix(layout: string | undefined, options: FloatMatrixOptions): FloatMatrix {
  const { rows, k, group, amplitude = 1, code } = options;
  const random = seededUniform(rows * 7919 + k);
  const count = rows * (k / group);
  if (layout === 'W8') {
    const values = Int8Array.from({ length: rows * k }, () => code ?? Math.round(127.5 * random()));
    const rowScale = Float32Array.from({ length: count }, () => amplitude * (0.6 + 0.4 * random()));
    return { values, rowScale, w: new Uint32Array(values.buffer) };
  }
  const rowScale = new Float32Array(count).fill(1);
  // Multiples of 1/1024 below 2 times a power of two: exact in binary16.
  const exact = () => (Math.round(1024 * random()) / 1024) * amplitude;
  const values = Float32Array.from({ length: rows * k }, exact);
  const w = layout === 'F16' ? packF16(values) : new Uint32Array(values.slice().buffer);
  return { values, rowScale, w };
}
