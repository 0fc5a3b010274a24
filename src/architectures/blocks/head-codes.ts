// Codes of the LM head in fewer than eight bits: six in two planes, or four of rotated rows.
import type { CodedReader, CodeKind } from '../../quant/format.ts';

/** Rows as codes, one reader per plane; the sum of the planes is the table. */
export type CodePlanes = readonly CodedReader[];

/** Columns that share one scale of rotated 4-bit codes. */
export const INT4_GROUP = 64;

// A 6-bit code is 4 * high + low, high -8..7 (layout W4) and low -2..1 (the 2-bit numbers of layout T2).
const LEAST = -34;
const MOST = 29;

/**
 * Rows in six bits, one scale per row, as two planes. The range of the codes is not symmetric, so a row whose largest
 * values are positive takes a negative scale.
 * @param values [rows, columns] f32
 */
export function planesOfInt6(values: Float32Array, columns: number): CodePlanes {
  const rows = values.length / columns;
  const high = new Int8Array(values.length);
  const low = new Int8Array(values.length);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const part = values.subarray(row * columns, (row + 1) * columns);
    scales[row] = chooseScale(part);
    for (let k = 0; k < columns; k++) {
      const code = scales[row] === 0 ? 0 : roundTo(part[k] / scales[row], LEAST, MOST);
      high[row * columns + k] = Math.floor((code + 2) / 4);
      low[row * columns + k] = code - 4 * Math.floor((code + 2) / 4);
    }
  }
  return [
    memoryReader('int4', { codes: high, scales: scales.map((scale) => 4 * scale) }, columns, columns),
    memoryReader('ternary', { codes: low, scales }, columns, columns),
  ];
}

function chooseScale(row: Float32Array): number {
  let largest = 0;
  let smallest = 0;
  for (const value of row) {
    largest = Math.max(largest, value);
    smallest = Math.min(smallest, value);
  }
  const upright = Math.max(largest / MOST, smallest / LEAST);
  const inverted = Math.max(-smallest / MOST, -largest / LEAST);
  return inverted < upright ? -inverted : upright;
}

/**
 * Rows in four bits, a scale per INT4_GROUP columns. The value of largest magnitude becomes -8, whatever its sign: so all
 * sixteen codes are used.
 * @param values [rows, columns] f32; columns a multiple of INT4_GROUP
 */
export function codesOfInt4(values: Float32Array, columns: number): CodePlanes {
  const codes = new Int8Array(values.length);
  const scales = new Float32Array(values.length / INT4_GROUP);
  for (let group = 0; group < scales.length; group++) {
    const first = group * INT4_GROUP;
    let extreme = 0;
    for (let i = first; i < first + INT4_GROUP; i++) {
      if (Math.abs(values[i]) > Math.abs(extreme)) extreme = values[i];
    }
    scales[group] = extreme / -8;
    if (extreme === 0) continue;
    for (let i = first; i < first + INT4_GROUP; i++) codes[i] = roundTo(values[i] / scales[group], -8, 7);
  }
  return [memoryReader('int4', { codes, scales }, columns, INT4_GROUP)];
}

function roundTo(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, Math.round(value)));
}

// Readers of codes that are in memory already; they know no floats, and nobody asks them.
function memoryReader(
  kind: CodeKind,
  { codes, scales }: { readonly codes: Int8Array; readonly scales: Float32Array },
  columns: number,
  groupSize: number,
): CodedReader {
  const groups = columns / groupSize;
  const readCodes: CodedReader['readCodes'] = async (firstRow, rowCount) => ({
    codes: codes.subarray(firstRow * columns, (firstRow + rowCount) * columns),
    scales: scales.subarray(firstRow * groups, (firstRow + rowCount) * groups),
  });
  return {
    kind,
    rows: codes.length / columns,
    columns,
    groupSize,
    readCodes,
    async readFloats(firstRow, rowCount) {
      const read = await readCodes(firstRow, rowCount);
      return Float32Array.from(read.codes, (code, at) => code * read.scales[Math.floor(at / groupSize)]);
    },
  };
}
