// Encodes one tensor as a stream of byte parts, a window of rows at a time, and refuses values that the type cannot hold.

import { EngineError } from '../errors.ts';
import { encodeI2s, encodeI2sTrailer } from '../quant/i2_s/codec.ts';
import { f16ToF32, f32ToF16 } from '../util/float16.ts';
import { describeValues, findMagnitude } from './magnitudes.ts';
import { TARGETS, type Target, type TargetType } from './targets.ts';

/** Rows of values: what the converter needs of a tensor reader. */
export interface FloatRows {
  readonly rows: number;
  readonly columns: number;
  /** [rowCount, columns] f32, row-major. */
  readFloats(firstRow: number, rowCount: number, signal?: AbortSignal): Promise<Float32Array>;
}

/** Elements per part: 4 MiB of floats. */
const WINDOW_ELEMENTS = 1 << 20;
/** Largest relative error of a scale in f16 that counts as the same scale: above it, the scale is subnormal or too large. */
const HALF_TOLERANCE = 2 ** -10;

/**
 * Bytes of a tensor.
 * @param label the tensor and its file, for messages
 * @throws EngineError 'bad-argument' (from the first part on) when the values do not fit the type: rows of another
 *   length, or more than one magnitude where the type has one scale
 */
export async function* encodeTensor(
  rows: FloatRows,
  type: TargetType,
  label: string,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const target = TARGETS[type];
  checkColumns(rows, type, label);
  if (target.encode === null) {
    yield* encodeOneScale(rows, type, label, signal);
    return;
  }
  for await (const { values, firstRow } of readWindows(rows, signal)) {
    if (target.content !== 'floats') checkBlocks(values, firstRow, rows.columns, type, label);
    yield target.encode(values);
  }
}

/** @throws EngineError 'bad-argument' when rows are no multiple of the type's blocks */
export function checkColumns({ columns }: Pick<FloatRows, 'columns'>, type: TargetType, label: string): void {
  const { blockElements } = TARGETS[type];
  if (columns % blockElements === 0) return;
  const fitting = (Object.entries(TARGETS) as [TargetType, Target][])
    .filter(([, { blockElements: other }]) => columns % other === 0)
    .map(([name]) => name);
  throw refusal(
    type,
    label,
    `rows of ${columns}; ${type} has blocks of ${blockElements}`,
    `Use ${fitting.join(', ')}`,
  );
}

/** Pass one finds the scale, pass two writes the codes. */
async function* encodeOneScale(
  rows: FloatRows,
  type: TargetType,
  label: string,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let scale = 0;
  for await (const { values } of readWindows(rows, signal)) {
    const magnitude = findMagnitude(values, 0, values.length);
    if (magnitude === null || (scale !== 0 && magnitude !== 0 && magnitude !== scale)) {
      const seen =
        magnitude === null ? describeValues(values, 0, values.length) : `${scale} and ${magnitude}`;
      throw refusal(
        type,
        label,
        `the values ${seen} and more; ${type} holds -s, 0 and +s with one s for the tensor`,
        'Use tq2_0 or q2_0 where each group is ternary, q8_0 or q4_0 for other weights, or --ternarize for master weights of a BitNet model',
      );
    }
    if (magnitude !== 0) scale = magnitude;
  }
  for await (const { values } of readWindows(rows, signal)) yield encodeI2s(signs(values));
  // Any scale would do for zeros; readers like a positive one.
  yield encodeI2sTrailer(scale === 0 ? 1 : scale);
}

/** -1, 0 and 1; a loop, since mapping through a function takes many times as long. */
function signs(values: Float32Array): Int8Array {
  const codes = new Int8Array(values.length);
  for (let at = 0; at < codes.length; at++) codes[at] = Number(values[at] > 0) - Number(values[at] < 0);
  return codes;
}

function checkBlocks(
  values: Float32Array,
  firstRow: number,
  columns: number,
  type: TargetType,
  label: string,
): void {
  const { blockElements, content } = TARGETS[type];
  for (let first = 0; first < values.length; first += blockElements) {
    const end = first + blockElements;
    const magnitude = findMagnitude(values, first, end);
    const isFull = content !== 'binary' || magnitude === 0 || !hasZero(values, first, end);
    if (magnitude !== null && isFull && (magnitude === 0 || keepsHalf(magnitude))) continue;
    const where = `the values ${describeValues(values, first, end)} in a group of row ${firstRow + Math.floor(first / columns)}`;
    if (magnitude !== null && isFull) {
      throw refusal(
        type,
        label,
        `${where}; ${type} has f16 scales, which cannot hold that`,
        'Use i2_s or f32',
      );
    }
    const held = content === 'binary' ? '-s and +s' : '-s, 0 and +s';
    throw refusal(
      type,
      label,
      `${where}; ${type} holds ${held} with one s for ${blockElements} values`,
      'Use q8_0 or q4_0 for ordinary weights, or --ternarize for master weights of a BitNet model',
    );
  }
}

function hasZero(values: Float32Array, first: number, end: number): boolean {
  for (let at = first; at < end; at++) if (values[at] === 0) return true;
  return false;
}

function keepsHalf(scale: number): boolean {
  return Math.abs(f16ToF32(f32ToF16(scale)) - scale) <= scale * HALF_TOLERANCE;
}

async function* readWindows(
  rows: FloatRows,
  signal?: AbortSignal,
): AsyncGenerator<{ readonly values: Float32Array; readonly firstRow: number }> {
  const windowRows = Math.max(1, Math.floor(WINDOW_ELEMENTS / rows.columns));
  for (let firstRow = 0; firstRow < rows.rows; firstRow += windowRows) {
    signal?.throwIfAborted();
    const values = await rows.readFloats(firstRow, Math.min(windowRows, rows.rows - firstRow), signal);
    yield { values, firstRow };
  }
}

function refusal(type: TargetType, label: string, observed: string, advice: string): EngineError {
  return new EngineError(
    'bad-argument',
    `${label} cannot be written as ${type} without loss: it has ${observed}. ${advice}.`,
    { details: { tensor: label, type } },
  );
}
