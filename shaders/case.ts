// The contract of a test case: inputs of one dispatch and what the plain f64 reference expects of it.
// Used by test/gpu and bench only; never bundled into the library.
import type { KernelShape } from '../src/gpu/kernel.ts';

/** Contents of storage buffers by binding name. */
export type Buffers = Readonly<Record<string, Uint32Array | Int32Array | Float32Array>>;

/** What an output buffer must hold. Elements beyond `values.length` must keep their initial contents. */
export type Expectation =
  /** Bit-exact integers. */
  | { readonly kind: 'exact'; readonly values: Uint32Array | Int32Array }
  /** Packed int8 (four per u32); `preRounding` holds the f64 values: a code may differ by 1 only within `tieWidth` of a tie. */
  | {
      readonly kind: 'packed-int8';
      readonly values: Int8Array;
      readonly preRounding: Float64Array;
      readonly tieWidth: number;
    }
  /** Whatever `decode` reads out of the whole buffer, each value within its own tolerance; nothing else is looked at. */
  | {
      readonly kind: 'decoded';
      decode(words: Uint32Array): Float64Array;
      readonly values: Float64Array;
      readonly tolerance: Float64Array;
      readonly reason: string;
    }
  /** Floats within absolute + relative * |expected|, for the stated reason. */
  | {
      readonly kind: 'close';
      readonly values: Float64Array;
      readonly absolute: number;
      readonly relative: number;
      readonly reason: string;
    };

/** One dispatch of an op. */
export interface KernelCase {
  /** A phrase: `ragged rows, K = 64`. */
  readonly name: string;
  /** Params of the uniform plus grid-only numbers. */
  readonly shape: KernelShape;
  /** Values of pipeline-overridable constants, beyond those of the variant. */
  readonly overrides?: Readonly<Record<string, number>>;
  /** Layouts this case can be made for; absent when the op has no weights. */
  readonly layouts?: readonly string[];
  /** Initial contents of every storage binding (outputs included: canaries). Deterministic. */
  inputs(layout: string | undefined): Buffers;
  /** Expected contents of the output bindings, from reference.ts. */
  expected(inputs: Buffers, layout: string | undefined): Readonly<Record<string, Expectation>>;
}

/** All cases of one op, by kernel name. */
export interface KernelCases {
  readonly kernel: string;
  readonly cases: readonly KernelCase[];
  /**
   * Names of the cases that variants which only the autotuner takes run; default all. The first in the list of cases also runs with every tuning
   * of the other variants, in the layouts T2 and P: tunings change how rows are shared, which no layout changes.
   */
  readonly forTuner?: readonly string[];
}

/** Small deterministic generator (xorshift32) for test inputs: uniform in [-1, 1). */
export function seededUniform(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 31 - 1;
  };
}
