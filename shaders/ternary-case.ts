// Operands of the ternary ops for tests: weights, activations and scales with the extremes that break kernels.
// Used by cases.ts files only; never bundled into the library.
import { type Buffers, type Expectation, seededUniform } from './case.ts';
import { packBitPlanes, packP } from './layouts/p/layout.ts';
import { packT2 } from './layouts/t2/layout.ts';

/** What to generate. */
export interface TernaryCaseOptions {
  readonly name: string;
  readonly m: number;
  readonly k: number;
  /** Default 1. */
  readonly tokens?: number;
  /** Add to what is in `out`. Default false. */
  readonly accumulate?: boolean;
  /** Default random. `signs`: every code is +1 in even rows and -1 in odd rows. */
  readonly weights?: 'random' | 'signs' | 'zero';
  /** Default random over -127..127. A number: every activation. */
  readonly activations?: 'random' | number;
  /** Default power-of-two: then every product is exact and so must the result be. */
  readonly scales?: 'power-of-two' | 'realistic' | 'extreme';
}

/** Operands of one case. */
export interface TernaryCaseOperands {
  /** [M, K] */
  readonly codes: Int8Array;
  /** [M] */
  readonly rowScale: Float32Array;
  /** [T, K] */
  readonly q: Int8Array;
  /** [T] */
  readonly qScale: Float32Array;
  /** [T, M] what `out` holds before. */
  readonly old: Float32Array;
}

/** Generates the operands, the same for the same options. */
export function ternaryOperands(options: TernaryCaseOptions): TernaryCaseOperands {
  const { m, k, tokens = 1, weights = 'random', activations = 'random', scales = 'power-of-two' } = options;
  const random = seededUniform(m * 7919 + k * 31 + tokens);
  const code = (index: number) => {
    if (weights === 'signs') return Math.floor(index / k) % 2 === 0 ? 1 : -1;
    return weights === 'zero' ? 0 : Math.round(1.5 * random());
  };
  const scale = (index: number) => {
    if (scales === 'power-of-two') return 2 ** ((index % 7) - 5);
    return scales === 'extreme' ? [1e-30, 1e28, 0, -1e-3][index % 4] : 0.02 * (1.5 + random());
  };
  return {
    codes: Int8Array.from({ length: m * k }, (_, index) => code(index)),
    q: Int8Array.from({ length: tokens * k }, () =>
      activations === 'random' ? Math.round(127 * random()) : activations,
    ),
    rowScale: Float32Array.from({ length: m }, (_, index) => scale(index)),
    qScale: Float32Array.from({ length: tokens }, (_, index) =>
      scales === 'power-of-two' ? 2 ** ((index % 5) - 3) : 0.01 * (1.5 + random()),
    ),
    // Multiples of 2^-8 below 4: exact to add when the scales are powers of two and the sums small.
    old: Float32Array.from({ length: tokens * m }, () => Math.round(1024 * random()) / 256),
  };
}

/** Initial buffers; `out` has a canary row behind its end. */
export function ternaryBuffers(operands: TernaryCaseOperands, layout: string | undefined): Buffers {
  const { codes, rowScale, q, qScale, old } = operands;
  const out = new Float32Array(old.length + 5).fill(-12345);
  out.set(old);
  return {
    w: layout === 'P' ? packP(codes) : packT2(codes),
    row_scale: rowScale,
    q: layout === 'P' ? packBitPlanes(q) : new Uint32Array(q.buffer),
    q_scale: qScale,
    out,
  };
}

/** Expectation of `out` from y[T, M] of the oracle. */
export function ternaryExpectation(
  options: TernaryCaseOptions,
  operands: TernaryCaseOperands,
  y: Float64Array,
): Expectation {
  const values = options.accumulate ? y.map((value, index) => value + operands.old[index]) : y;
  if ((options.scales ?? 'power-of-two') === 'power-of-two') {
    const reason = 'i32 sums below 2^24 times powers of two, and sums of few bits: exact in f32';
    return { kind: 'close', values, absolute: 0, relative: 0, reason };
  }
  // The residual may cancel y, so its rounding error counts against the largest term.
  const largest = options.accumulate ? y.reduce((most, value) => Math.max(most, Math.abs(value)), 4) : 0;
  return {
    kind: 'close',
    values,
    absolute: largest * 2 ** -22,
    relative: 2 ** -22,
    reason: 'exact integer sum; two products and one addition, each rounded to 2^-24 in any association',
  };
}
