// Encodes one tensor as a stream of byte parts, a window of rows at a time.

import { encodeBf16 } from '../quant/bf16/format.ts';
import { encodeF16 } from '../quant/f16/format.ts';
import { encodeF32 } from '../quant/f32/format.ts';
import type { CodedReader, TensorReader } from '../quant/format.ts';
import { encodeI2s, encodeI2sTrailer } from '../quant/i2_s/codec.ts';
import { encodeQ8_0 } from '../quant/q8_0/codec.ts';
import { encodeTq2_0 } from '../quant/tq2_0/codec.ts';

/** Types that embeddings and norms can be written in. */
export type FloatTarget = 'f32' | 'f16' | 'bf16' | 'q8_0';
/** Types that ternary matrices can be written in. */
export type TernaryTarget = 'i2_s' | 'tq2_0';

/** ggml type ids of the targets. */
export const TARGET_TYPE_IDS: Readonly<Record<FloatTarget | TernaryTarget, number>> = {
  f32: 0,
  f16: 1,
  q8_0: 8,
  bf16: 30,
  tq2_0: 35,
  i2_s: 36,
};

const FLOAT_ENCODERS: Readonly<Record<FloatTarget, (values: Float32Array) => Uint8Array>> = {
  f32: encodeF32,
  f16: encodeF16,
  bf16: encodeBf16,
  q8_0: encodeQ8_0,
};

/** Elements per part: 4 MiB of floats. */
const WINDOW_ELEMENTS = 1 << 20;

/** Bytes of a tensor of floats. */
export async function* encodeFloatTensor(
  reader: TensorReader,
  target: FloatTarget,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for (const [firstRow, rowCount] of rowWindows(reader)) {
    yield FLOAT_ENCODERS[target](await reader.readFloats(firstRow, rowCount, signal));
  }
}

/** Bytes of a ternary matrix with one scale. */
export async function* encodeTernaryTensor(
  reader: CodedReader,
  target: TernaryTarget,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let scale = 0;
  for (const [firstRow, rowCount] of rowWindows(reader)) {
    if (target === 'tq2_0') {
      yield encodeTq2_0(await reader.readFloats(firstRow, rowCount, signal));
      continue;
    }
    const { codes, scales } = await reader.readCodes(firstRow, rowCount, signal);
    scale = scales[0];
    yield encodeI2s(codes);
  }
  if (target === 'i2_s') yield encodeI2sTrailer(scale);
}

function* rowWindows({ rows, columns }: TensorReader): Generator<[number, number]> {
  const windowRows = Math.max(1, Math.floor(WINDOW_ELEMENTS / columns));
  for (let row = 0; row < rows; row += windowRows) yield [row, Math.min(windowRows, rows - row)];
}
