// Matrices of the synthetic models in the ways that only quantised files of our own have: codes with scales beside them,
// rotated inputs, outlier channels, single kept weights. Written from docs/quantized-files.md, one element at a time.
import { encodeCodes } from '../../src/quant/coded/codec.ts';
import { encodeF32 } from '../../src/quant/f32/format.ts';
import type { CodeTensorSpec } from '../../src/quant/quantization-metadata.ts';

/** One tensor of a file. */
export interface Part {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: number;
  readonly bytes: Uint8Array;
}

/** How a matrix is stored. */
export interface OwnStorage {
  /** Own codes: `groupSize` columns per scale, 0 for one per row. Default: the storage of the model. */
  readonly codes?: { readonly kind: 'int4' | 'int8'; readonly groupSize: 0 | 64 | 128 };
  /** Block of the rotation of the input. Default: not rotated. */
  readonly rotation?: number;
  /** Number of outlier channels. Default 0. */
  readonly outliers?: number;
  /** First outlier channel and distance between two. Default 1 and columns / outliers, at least 1. */
  readonly firstOutlier?: number;
  /** Kept weights per 32 columns. Default 0. */
  readonly sparse?: 2 | 4;
}

/** A matrix to store. */
export interface OwnMatrix {
  /** Without `.weight`. */
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** [rows, columns] */
  readonly values: Float32Array;
}

/** Tensors of a matrix, and what the metadata must say of its codes. */
export interface OwnParts {
  readonly parts: readonly Part[];
  readonly codes: ReadonlyMap<string, CodeTensorSpec>;
}

const F32 = 0;
const I8 = 24;
const I32 = 26;

/** Signs of an input of this width: neither regular nor all alike. */
export function testSigns(width: number): Int8Array {
  return Int8Array.from({ length: width }, (_, k) => ((k * 7919 + 13) % 5 < 2 ? -1 : 1));
}

/**
 * Stores a matrix: rotated, then split into outlier channels (zero in the base), kept single weights (added to the base,
 * made of the base's largest ones) and the base.
 * @param encodeBase the model's own storage
 */
export function storeOwn(
  matrix: OwnMatrix,
  storage: OwnStorage,
  encodeBase: (values: Float32Array) => { readonly type: number; readonly bytes: Uint8Array },
): OwnParts {
  const { name, rows, columns } = matrix;
  const values = storage.rotation ? rotateRows(matrix, storage.rotation) : matrix.values.slice();
  const outliers = storage.outliers ? splitOutliers({ ...matrix, values }, storage) : null;
  const sparse = storage.sparse ? keepSingle({ ...matrix, values }, storage.sparse) : [];
  const beside = [...(outliers?.parts ?? []), ...sparse];
  if (storage.codes === undefined) {
    const base = encodeBase(values);
    const part = { name: `${name}.weight`, dims: [columns, rows], type: base.type, bytes: base.bytes };
    return { parts: [part, ...beside], codes: outliers?.codes ?? new Map() };
  }
  const base = storeCodes(name, { rows, columns, values }, storage.codes);
  return { parts: [...base.parts, ...beside], codes: new Map([...base.codes, ...(outliers?.codes ?? [])]) };
}

// W' = W diag(signs) H by the dense matrix.
function rotateRows({ rows, columns, values }: OwnMatrix, block: number): Float32Array {
  const signs = testSigns(columns);
  const dense = denseHadamard(block);
  const out = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < columns; k++) {
      const first = k - (k % block);
      let sum = 0;
      for (let j = 0; j < block; j++) {
        sum += dense[(k % block) * block + j] * values[row * columns + first + j] * signs[first + j];
      }
      out[row * columns + k] = sum / Math.sqrt(block);
    }
  }
  return out;
}

// (-1)^popcount(i & j)
function denseHadamard(block: number): Int8Array {
  return Int8Array.from({ length: block * block }, (_, at) => {
    let sign = 1;
    for (let bits = Math.floor(at / block) & (at % block); bits !== 0; bits &= bits - 1) sign = -sign;
    return sign;
  });
}

function splitOutliers({ name, rows, columns, values }: OwnMatrix, storage: OwnStorage): OwnParts {
  const { outliers: count = 0, firstOutlier = 1 } = storage;
  const distance = Math.max(1, Math.floor((columns - firstOutlier) / count));
  const channels = Int32Array.from({ length: count }, (_, j) => firstOutlier + j * distance);
  const kept = new Float32Array(rows * count);
  for (let row = 0; row < rows; row++) {
    channels.forEach((channel, j) => {
      kept[row * count + j] = values[row * columns + channel];
      values[row * columns + channel] = 0;
    });
  }
  const stored = storeCodes(
    `${name}.outlier`,
    { rows, columns: count, values: kept },
    { kind: 'int8', groupSize: 0 },
  );
  const index = {
    name: `${name}.outlier_index`,
    dims: [count],
    type: I32,
    bytes: new Uint8Array(channels.buffer),
  };
  return { parts: [...stored.parts, index], codes: stored.codes };
}

// The first `slots` - 1 of every 32 columns get something added; the last slot stays unused.
function keepSingle({ name, rows, columns, values }: OwnMatrix, slots: number): readonly Part[] {
  const words = ((columns / 32) * slots) / 2;
  const halves = new Uint16Array(rows * words * 2);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    scales[row] = 0.001 * (1 + (row % 3));
    for (let b = 0; b < columns / 32; b++) {
      for (let slot = 0; slot < slots - 1; slot++) {
        const position = (5 * b + 11 * slot + row) % 32;
        const value = Math.round(values[row * columns + 32 * b + position] / scales[row] / 4);
        const bits = Math.max(-1024, Math.min(1023, value)) & 2047;
        halves[row * words * 2 + b * slots + slot] = position | (bits << 5);
      }
    }
  }
  return [
    { name: `${name}.sparse`, dims: [words, rows], type: I32, bytes: new Uint8Array(halves.buffer) },
    { name: `${name}.sparse_scale`, dims: [rows], type: F32, bytes: encodeF32(scales) },
  ];
}

function storeCodes(
  name: string,
  { rows, columns, values }: Omit<OwnMatrix, 'name'>,
  { kind, groupSize }: { readonly kind: 'int4' | 'int8'; readonly groupSize: 0 | 64 | 128 },
): OwnParts {
  const group = groupSize || columns;
  const most = kind === 'int4' ? 7 : 127;
  const scales = Float32Array.from({ length: values.length / group }, (_, g) => {
    const part = values.subarray(g * group, (g + 1) * group);
    return part.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) / most;
  });
  const codes = Int8Array.from(values, (value, at) => {
    const scale = scales[Math.floor(at / group)];
    return scale === 0 ? 0 : Math.round(value / scale);
  });
  const bytes = encodeCodes(kind, codes);
  const weight = `${name}.weight`;
  return {
    parts: [
      { name: weight, dims: [bytes.length / rows, rows], type: I8, bytes },
      {
        name: `${name}.code_scale`,
        dims: [columns / group, rows],
        type: F32,
        bytes: encodeF32(scales),
      },
    ],
    codes: new Map([[weight, { kind, groupSize, columns }]]),
  };
}
