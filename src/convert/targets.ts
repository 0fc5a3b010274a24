// The types that the converter writes: one line each, with the encoder of whole blocks.

import { encodeBf16 } from '../quant/bf16/format.ts';
import { encodeF16 } from '../quant/f16/format.ts';
import { encodeF32 } from '../quant/f32/format.ts';
import { I2_S_BLOCK_ELEMENTS } from '../quant/i2_s/codec.ts';
import { encodeQ1_0, Q1_0_BLOCK_ELEMENTS } from '../quant/q1_0/codec.ts';
import { encodeQ2_0 } from '../quant/q2_0/codec.ts';
import { encodeQ4_0, Q4_0_BLOCK_ELEMENTS } from '../quant/q4_0/codec.ts';
import { encodeQ8_0, Q8_0_BLOCK_ELEMENTS } from '../quant/q8_0/codec.ts';
import { encodeTq1_0, TQ1_0_BLOCK_ELEMENTS } from '../quant/tq1_0/codec.ts';
import { encodeTq2_0, TQ2_0_BLOCK_ELEMENTS } from '../quant/tq2_0/codec.ts';
import { GGML_TYPE } from '../util/ggml-types.ts';
import { encodeSmallCodesQ4_0, encodeSmallCodesQ8_0 } from './small-codes.ts';

/** Name of a type on the command line. */
export type TargetType =
  | 'f32'
  | 'f16'
  | 'bf16'
  | 'q8_0'
  | 'q4_0'
  | 'i2_s'
  | 'tq1_0'
  | 'tq2_0'
  | 'q1_0'
  | 'q2_0';

/** What a type can hold. `ternary` and `binary` have one magnitude per block, `one-scale` one per tensor. */
export type TargetContent = 'floats' | 'ternary' | 'binary' | 'one-scale';

/** One type. */
export interface Target {
  readonly ggmlType: number;
  /** Rows must be a multiple of this. */
  readonly blockElements: number;
  readonly content: TargetContent;
  /** `general.file_type` of a file of such matrices: a hint for people. */
  readonly fileType: number;
  /** Bytes of whole blocks; null for I2_S, whose scale stands after all codes. */
  readonly encode: ((values: Float32Array) => Uint8Array) | null;
}

const GROUP = 64;

/** All types. Q2_0 is ggml's own, in groups of 64. */
export const TARGETS: Readonly<Record<TargetType, Target>> = {
  f32: float(GGML_TYPE.F32, 1, 0, encodeF32),
  f16: float(GGML_TYPE.F16, 1, 1, encodeF16),
  bf16: float(GGML_TYPE.BF16, 1, 32, encodeBf16),
  q8_0: float(GGML_TYPE.Q8_0, Q8_0_BLOCK_ELEMENTS, 7, (v) => encodeSmallCodesQ8_0(v, encodeQ8_0(v))),
  q4_0: float(GGML_TYPE.Q4_0, Q4_0_BLOCK_ELEMENTS, 2, (v) => encodeSmallCodesQ4_0(v, encodeQ4_0(v))),
  i2_s: {
    ggmlType: GGML_TYPE.I2_S,
    blockElements: I2_S_BLOCK_ELEMENTS,
    content: 'one-scale',
    fileType: 40,
    encode: null,
  },
  tq1_0: blocks('ternary', GGML_TYPE.TQ1_0, TQ1_0_BLOCK_ELEMENTS, 36, encodeTq1_0),
  tq2_0: blocks('ternary', GGML_TYPE.TQ2_0, TQ2_0_BLOCK_ELEMENTS, 37, encodeTq2_0),
  q1_0: blocks('binary', GGML_TYPE.Q1_0, Q1_0_BLOCK_ELEMENTS, 40, encodeQ1_0),
  q2_0: blocks('ternary', GGML_TYPE.Q2_0, GROUP, 41, (values) => encodeQ2_0(values, GROUP)),
};

/** Names of all types. */
export const TARGET_NAMES = Object.keys(TARGETS) as readonly TargetType[];

function float(
  ggmlType: number,
  blockElements: number,
  fileType: number,
  encode: (values: Float32Array) => Uint8Array,
): Target {
  return { ggmlType, blockElements, fileType, encode, content: 'floats' };
}

function blocks(
  content: 'ternary' | 'binary',
  ggmlType: number,
  blockElements: number,
  fileType: number,
  encode: (values: Float32Array) => Uint8Array,
): Target {
  return { ggmlType, blockElements, fileType, encode, content };
}
