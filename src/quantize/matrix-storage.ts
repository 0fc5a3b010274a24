// How a rounded matrix lies in the file: which tensors, of which types, and their bytes. docs/quantized-files.md.

import type { GgufTensorPlan } from '../gguf/writer.ts';
import { encodeCodes } from '../quant/coded/codec.ts';
import { encodeF16 } from '../quant/f16/format.ts';
import { encodeF32 } from '../quant/f32/format.ts';
import { encodeI2s, encodeI2sTrailer, I2_S_BLOCK_ELEMENTS } from '../quant/i2_s/codec.ts';
import { encodeQ1_0, Q1_0_BLOCK_ELEMENTS } from '../quant/q1_0/codec.ts';
import { encodeQ2_0 } from '../quant/q2_0/codec.ts';
import {
  CODE_COLUMN_MULTIPLE,
  type CodeTensorSpec,
  SPARSE_BLOCK_COLUMNS,
  sideTensorNames,
} from '../quant/quantization-metadata.ts';
import { encodeTq2_0 } from '../quant/tq2_0/codec.ts';
import { GGML_TYPE } from '../util/ggml-types.ts';
import { type CodedMatrix, dequantize } from './codes.ts';
import { checkOutlierWidth, outlierChannelCount } from './outliers.ts';
import { quantizeError } from './quantize-error.ts';
import type { QuantizedMatrix } from './quantize-matrix.ts';
import { type Method, type Outliers, takesOutliers } from './recipe.ts';

/** Name and shape of a matrix. */
export interface MatrixShape {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
}

/** The tensors of one matrix. */
export interface MatrixPlan {
  readonly tensors: readonly GgufTensorPlan[];
  /** Which of them are own code tensors. */
  readonly codes: readonly (readonly [name: string, spec: CodeTensorSpec])[];
}

/**
 * Plans the tensors of a matrix.
 * @throws EngineError 'bad-argument' with the reason bad-group or bad-structure when its width does not fit
 */
export function planMatrix(shape: MatrixShape, method: Method, outliers: Outliers | null): MatrixPlan {
  const base = planBase(shape, method);
  if (outliers === null || !takesOutliers(method)) return base;
  const side = planOutliers(shape, outliers);
  return { tensors: [...base.tensors, ...side.tensors], codes: [...base.codes, ...side.codes] };
}

/** ggml type and columns of a block, by group. */
const TERNARY_STORAGE = {
  0: [GGML_TYPE.I2_S, I2_S_BLOCK_ELEMENTS],
  64: [GGML_TYPE.Q2_0, 64],
  128: [GGML_TYPE.PQ2_0, 128],
  256: [GGML_TYPE.TQ2_0, 256],
} as const;

function planBase(shape: MatrixShape, method: Method): MatrixPlan {
  switch (method.kind) {
    case 'keep':
    case 'f32':
      return planTensor(shape, method.kind, GGML_TYPE.F32, 1);
    case 'f16':
      return planTensor(shape, method.kind, GGML_TYPE.F16, 1);
    case 'int8':
      requireMultiple(shape, CODE_COLUMN_MULTIPLE, method.kind);
      return planCodes(shape, { kind: 'int8', groupSize: 0, columns: shape.columns });
    case 'int4-rtn':
    case 'int4-gptq':
      requireMultiple(shape, method.group === 0 ? CODE_COLUMN_MULTIPLE : method.group, method.kind);
      return planCodes(shape, { kind: 'int4', groupSize: method.group, columns: shape.columns });
    case 'binary':
      return planTensor(shape, method.kind, GGML_TYPE.Q1_0, Q1_0_BLOCK_ELEMENTS);
    case 'ternary': {
      const [type, blockColumns] = TERNARY_STORAGE[method.group];
      return planTensor(shape, method.kind, type, blockColumns);
    }
  }
}

function planTensor(shape: MatrixShape, method: string, type: number, multiple: number): MatrixPlan {
  requireMultiple(shape, multiple, method);
  const { name, rows, columns } = shape;
  return { tensors: [{ name, dims: [columns, rows], type }], codes: [] };
}

function requireMultiple({ name, columns }: MatrixShape, multiple: number, method: string): void {
  if (columns % multiple === 0) return;
  throw quantizeError(
    'bad-argument',
    'bad-group',
    `Tensor ${name} has rows of ${columns}; ${method} needs a multiple of ${multiple} in this recipe. Choose another group or method for it.`,
    { tensor: name, columns },
  );
}

/** An own code tensor with its scales. */
export function planCodes({ name, rows, columns }: MatrixShape, spec: CodeTensorSpec): MatrixPlan {
  const groups = spec.groupSize === 0 ? 1 : columns / spec.groupSize;
  const rowBytes = spec.kind === 'int4' ? columns / 2 : columns;
  return {
    tensors: [
      { name, dims: [rowBytes, rows], type: GGML_TYPE.I8 },
      { name: sideTensorNames(name).codeScale, dims: [groups, rows], type: GGML_TYPE.F32 },
    ],
    codes: [[name, spec]],
  };
}

function planOutliers({ name, rows, columns }: MatrixShape, outliers: Outliers): MatrixPlan {
  checkOutlierWidth(name, columns, outliers.structure);
  const names = sideTensorNames(name);
  if (outliers.structure !== 'channels') {
    const words = ((columns / SPARSE_BLOCK_COLUMNS) * outliers.slots) / 2;
    return {
      tensors: [
        { name: names.sparse, dims: [words, rows], type: GGML_TYPE.I32 },
        { name: names.sparseScale, dims: [rows], type: GGML_TYPE.F32 },
      ],
      codes: [],
    };
  }
  const count = outlierChannelCount(columns, outliers.percent);
  const spec: CodeTensorSpec = { kind: 'int8', groupSize: 0, columns: count };
  const codes = planCodes({ name: names.outlierWeight, rows, columns: count }, spec);
  const index = { name: names.outlierIndex, dims: [count], type: GGML_TYPE.I32 };
  return { tensors: [...codes.tensors, index], codes: codes.codes };
}

/** The bytes of a rounded matrix by tensor name: those that planMatrix lists. */
export function encodeMatrix(
  name: string,
  method: Method,
  { coded, values, channels, sparse }: QuantizedMatrix,
): Map<string, Uint8Array> {
  const names = sideTensorNames(name);
  const bytes = new Map<string, Uint8Array>();
  if (coded === null) bytes.set(name, method.kind === 'f16' ? encodeF16(values) : encodeF32(values));
  else if (coded.kind === 'ternary' || coded.kind === 'binary') bytes.set(name, encodeFewBits(coded, method));
  else addCodes(bytes, name, names.codeScale, coded.kind, coded);
  if (channels !== null) {
    addCodes(bytes, names.outlierWeight, names.outlierCodeScale, 'int8', channels.coded);
    bytes.set(names.outlierIndex, bytesOf(channels.index));
  }
  if (sparse !== null) {
    bytes.set(names.sparse, bytesOf(sparse.words));
    bytes.set(names.sparseScale, bytesOf(sparse.scales));
  }
  return bytes;
}

function addCodes(
  bytes: Map<string, Uint8Array>,
  name: string,
  scaleName: string,
  kind: 'int4' | 'int8',
  { codes, scales }: CodedMatrix,
): void {
  bytes.set(name, encodeCodes(kind, codes));
  bytes.set(scaleName, bytesOf(scales));
}

function encodeFewBits(coded: CodedMatrix, method: Method): Uint8Array {
  if (coded.kind === 'binary') return encodeQ1_0(dequantize(coded));
  const group = method.kind === 'ternary' ? method.group : 0;
  if (group === 0) {
    const codes = encodeI2s(coded.codes);
    const trailer = encodeI2sTrailer(coded.scales[0]);
    const bytes = new Uint8Array(codes.length + trailer.length);
    bytes.set(codes);
    bytes.set(trailer, codes.length);
    return bytes;
  }
  const values = dequantize(coded);
  return group === 256 ? encodeTq2_0(values) : encodeQ2_0(values, group);
}

function bytesOf(array: Float32Array | Int32Array | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
