// Matrices of MLX affine quantisation in 1 or 2 bits (`X.weight` u32, `X.scales`, `X.biases`): W = scale * q + bias,
// q packed from the low end of each word. Only what is binary or ternary is read; general affine groups are refused.
// https://github.com/ml-explore/mlx/blob/main/mlx/ops.cpp (affine_quantize)

import { EngineError } from '../errors.ts';
import type { CodedReader, CodedRows, TensorLocation, TensorReader } from '../quant/format.ts';
import { openTensor } from '../quant/index.ts';
import { readRowBytes, scaleCodes } from '../quant/location.ts';
import { unpackSigns } from '../quant/q1_0/codec.ts';
import { unpackTwoBits } from '../quant/q2_0/codec.ts';
import type { SafetensorsTensor } from '../safetensors/reader.ts';
import { GGML_TYPE } from '../util/ggml-types.ts';

/** The `quantization` record of an MLX config.json. */
export interface MlxQuantization {
  readonly bits: 1 | 2;
  /** Columns that share a scale and a bias. */
  readonly groupSize: number;
}

/** The three tensors of one quantised module. */
export interface MlxTensors {
  /** U32 [rows, columns * bits / 32]. */
  readonly weight: SafetensorsTensor;
  /** F16, BF16 or F32 [rows, columns / groupSize]; biases alike. */
  readonly scales: SafetensorsTensor;
  readonly biases: SafetensorsTensor;
}

const FLOAT_TYPES: ReadonlyMap<string, number> = new Map([
  ['F32', GGML_TYPE.F32],
  ['F16', GGML_TYPE.F16],
  ['BF16', GGML_TYPE.BF16],
]);

/** The tensors of a module such as `model.layers.0.mlp.up_proj`, or null when it is not quantised. */
export function findMlxTensors(
  checkpoint: ReadonlyMap<string, SafetensorsTensor>,
  module: string,
): MlxTensors | null {
  const weight = checkpoint.get(`${module}.weight`);
  const scales = checkpoint.get(`${module}.scales`);
  const biases = checkpoint.get(`${module}.biases`);
  return weight && scales && biases ? { weight, scales, biases } : null;
}

/**
 * A reader of a quantised matrix: kind 'binary' for one bit (scale = 2 s, bias = -s), 'ternary' for two bits
 * (scale = s, bias = -s, no code 3). Reading rows that are neither throws EngineError 'unsupported-model'.
 * @throws EngineError 'bad-file' when dtypes or shapes do not belong together
 */
export function openMlxAffine(tensors: MlxTensors, quantization: MlxQuantization): CodedReader {
  const { bits, groupSize } = quantization;
  const { weight } = tensors;
  const packed = locatePacked(weight);
  const { rows } = packed;
  const rowBytes = packed.columns * 4;
  const columns = (packed.columns * 32) / bits;
  if (columns % groupSize !== 0) throw mismatch(weight, `a multiple of ${groupSize} columns`);
  const groups = columns / groupSize;
  const scaleReader = openGroups(tensors.scales, rows, groups);
  const biasReader = openGroups(tensors.biases, rows, groups);

  const readCodes: CodedReader['readCodes'] = async (firstRow, rowCount, signal) => {
    const bytes = await readRowBytes(packed, rowBytes, firstRow, rowCount, signal);
    const scales = await scaleReader.readFloats(firstRow, rowCount, signal);
    const biases = await biasReader.readFloats(firstRow, rowCount, signal);
    const decoded = bits === 1 ? decodeBinary(bytes, scales, biases) : decodeTernary(bytes, scales, biases);
    if (typeof decoded !== 'string') return decoded;
    throw new EngineError(
      'unsupported-model',
      `Tensor ${weight.name} of ${weight.source.name} has ${decoded} in rows ${firstRow} to ${firstRow + rowCount}; only ${bits === 1 ? 'binary' : 'ternary'} weights of ${bits} bit can be read from MLX files. Use a GGUF conversion of the model.`,
      { details: { file: weight.source.name, tensor: weight.name, bits } },
    );
  };
  return {
    kind: bits === 1 ? 'binary' : 'ternary',
    rows,
    columns,
    groupSize,
    readCodes,
    async readFloats(firstRow, rowCount, signal) {
      const { codes, scales } = await readCodes(firstRow, rowCount, signal);
      return scaleCodes(codes, scales, groupSize);
    },
  };
}

/** @returns what is wrong, when the groups are not -s and +s */
function decodeBinary(bytes: Uint8Array, scales: Float32Array, biases: Float32Array): CodedRows | string {
  const wrong = scales.findIndex((scale, group) => scale !== -2 * biases[group]);
  if (wrong >= 0) return `scale ${scales[wrong]} and bias ${biases[wrong]}, which is not minus half of it,`;
  const codes = new Int8Array(bytes.length * 8);
  unpackSigns(bytes, 0, bytes.length, new Uint32Array(codes.buffer), 0);
  return { codes, scales: biases.map((bias) => -bias) };
}

/** @returns what is wrong, when the groups are not -s, 0 and +s */
function decodeTernary(bytes: Uint8Array, scales: Float32Array, biases: Float32Array): CodedRows | string {
  const wrong = scales.findIndex((scale, group) => scale !== -biases[group]);
  if (wrong >= 0) return `scale ${scales[wrong]} and bias ${biases[wrong]}, which is not minus the scale,`;
  const codes = new Int8Array(bytes.length * 4);
  const isTernary = unpackTwoBits(bytes, 0, bytes.length, new Uint32Array(codes.buffer), 0);
  return isTernary ? { codes, scales } : 'the code 3';
}

/** Location of the packed words: columns are words. */
function locatePacked(weight: SafetensorsTensor): TensorLocation {
  const [rows, words] = weight.shape;
  if (weight.dtype !== 'U32' || weight.shape.length !== 2 || rows < 1 || words < 1) {
    throw mismatch(weight, 'U32 of two dimensions');
  }
  return { ...weight, rows, columns: words };
}

function openGroups(tensor: SafetensorsTensor, rows: number, groups: number): TensorReader {
  const type = FLOAT_TYPES.get(tensor.dtype);
  const fits = tensor.shape.length === 2 && tensor.shape[0] === rows && tensor.shape[1] === groups;
  if (type === undefined || !fits) throw mismatch(tensor, `F16, BF16 or F32 [${rows}, ${groups}]`);
  return openTensor(type, { ...tensor, rows, columns: groups });
}

function mismatch(tensor: SafetensorsTensor, expected: string): EngineError {
  return new EngineError(
    'bad-file',
    `Tensor ${tensor.name} of ${tensor.source.name} is ${tensor.dtype} [${tensor.shape}]; expected ${expected}. Use files of the same model.`,
    { details: { file: tensor.source.name, tensor: tensor.name } },
  );
}
