// Ternary codes from floating-point matrices: master weights by absmean, or weights that are already scale * code.
// s = max(mean |W|, 1e-5), code = clamp(round(W / s)), ties to even. https://arxiv.org/abs/2402.17764

import type { CodedReader, FloatReader } from '../quant/format.ts';
import { scaleCodes } from '../quant/location.ts';
import { roundTiesToEven } from '../util/float16.ts';

const MIN_SCALE = 1e-5;
/** Floats looked at in one read: 4 MiB. */
const WINDOW_ELEMENTS = 1 << 20;

/**
 * Finds the scale of a matrix in one pass over it, and returns a reader that ternarises on the fly.
 * @param master rows of floats
 */
export async function openMasterTernary(master: FloatReader, signal?: AbortSignal): Promise<CodedReader> {
  const { rows, columns } = master;
  const scale = await findScale(master, signal);
  const readCodes: CodedReader['readCodes'] = async (firstRow, rowCount, readSignal) => {
    const values = await master.readFloats(firstRow, rowCount, readSignal);
    const codes = Int8Array.from(values, (value) =>
      Math.max(-1, Math.min(1, roundTiesToEven(value / scale))),
    );
    return { codes, scales: new Float32Array(rowCount).fill(scale) };
  };
  return {
    kind: 'ternary',
    rows,
    columns,
    groupSize: columns,
    readCodes,
    async readFloats(firstRow, rowCount, readSignal) {
      const { codes, scales } = await readCodes(firstRow, rowCount, readSignal);
      return scaleCodes(codes, scales, columns);
    },
  };
}

async function findScale(master: FloatReader, signal?: AbortSignal): Promise<number> {
  const { rows, columns } = master;
  const windowRows = Math.max(1, Math.floor(WINDOW_ELEMENTS / columns));
  let sum = 0;
  let magnitude = 0;
  let isTernary = true;
  for (let row = 0; row < rows; row += windowRows) {
    const values = await master.readFloats(row, Math.min(windowRows, rows - row), signal);
    for (const value of values) {
      const size = Math.abs(value);
      sum += size;
      if (size === 0) continue;
      if (magnitude === 0) magnitude = size;
      else if (size !== magnitude) isTernary = false;
    }
  }
  // Absmean of weights that are ternary already would shrink them by the share of zeros.
  if (isTernary && magnitude > 0) return magnitude;
  return Math.fround(Math.max(sum / (rows * columns), MIN_SCALE));
}
