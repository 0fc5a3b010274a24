// The sizes of a network from the header of its GGUF file, for the estimate of its memory. Reads no weights.

import type { HeadPrecision, ModelDimensions } from '../api/types.ts';
import type { TensorSet } from '../architectures/architecture.ts';
import { exactStorage, type RowStorage, storageRowBytes } from '../architectures/blocks/row-shards.ts';
import { tableStorage } from '../architectures/blocks/token-table.ts';
import { findArchitecture } from '../architectures/index.ts';
import { EngineError } from '../errors.ts';
import type { GgufFile } from '../gguf/reader.ts';
import { countElements, type GgufTensor } from '../gguf/values.ts';
import type { TensorReader } from '../quant/format.ts';
import { readQuantizationMetadata } from '../quant/quantization-metadata.ts';
import { MemorySource } from '../util/byte-source.ts';
import { GGML_TYPE } from '../util/ggml-types.ts';
import { GgufTensorSet } from './tensor-set.ts';

const F32_BYTES = 4;
const MAX_SIZE = 2 ** 24;

/**
 * Reads the dimensions.
 * @param head for which embedding and head are counted; of the others than `file`, estimateMemory adds what differs from int8
 * @throws EngineError 'unsupported-model' for an architecture or tensor type that the engine does not know, 'bad-file'
 *   when a key or tensor is missing or the keys of a quantised file do not go together
 */
export function readDimensions(file: GgufFile, head: HeadPrecision = 'int8'): ModelDimensions {
  const tensors = openHeaders(file);
  const { fields } = file;
  const prefix = fields.string('general.architecture');
  const shape = findArchitecture(prefix).readShape(file);
  const size = (key: string): number => fields.uniformInteger(`${prefix}.${key}`, { min: 1, max: MAX_SIZE });
  const heads = size('attention.head_count');
  const query = findTensor(file, 'blk.0.attn_q.weight');
  const has = (name: string): boolean => file.tensors.some((tensor) => tensor.name === name);
  return {
    layers: shape.layers,
    hiddenSize: shape.hiddenSize,
    ffnSize: size('feed_forward_length'),
    heads,
    kvHeads:
      fields.optionalUniformInteger(`${prefix}.attention.head_count_kv`, { min: 1, max: MAX_SIZE }) ?? heads,
    headDim: countElements(query.dims) / query.dims[0] / heads,
    vocabularySize: shape.vocabularySize,
    tiedHead: !has('output.weight'),
    ...matrixDimensions(query, tensors),
    ...tableDimensions(tensors.open('token_embd.weight')),
    subNorms: has('blk.0.attn_sub_norm.weight'),
    headNorms: has('blk.0.attn_q_norm.weight'),
    ...sideDimensions(file),
    weightsBytes: weightsOnDevice(file, tensors, head === 'file' ? 'file' : 'int8'),
  };
}

/** Named only where a file has them: most have neither. */
function sideDimensions(file: GgufFile): Pick<ModelDimensions, 'rotatesInputs' | 'outlierChannels'> {
  const indices = file.tensors.filter(({ name }) => name.endsWith('.outlier_index'));
  const outlierChannels = Math.max(0, ...indices.map(({ dims }) => dims[0]));
  const blockSizes = readQuantizationMetadata(file)?.rotation?.blockSizes;
  return {
    ...(blockSizes !== undefined && blockSizes.size > 0 && { rotatesInputs: true }),
    ...(outlierChannels > 0 && { outlierChannels }),
  };
}

const LAYOUT_BITS: Readonly<Record<RowStorage['layout'], number>> = {
  B1: 1,
  T2: 2,
  P: 2,
  W4: 4,
  W8: 8,
  F16: 16,
  BF16: 16,
  F32: 32,
};

function matrixDimensions(
  tensor: GgufTensor,
  tensors: TensorSet,
): Pick<ModelDimensions, 'matrixBits' | 'scaleGroup' | 'minima'> {
  const { layout, groupSize, minima } = matrixStorage(tensor, tensors);
  return {
    matrixBits: LAYOUT_BITS[layout],
    ...(groupSize !== tensors.open(tensor.name).columns && { scaleGroup: groupSize }),
    ...(minima && { minima }),
  };
}

function tableDimensions(reader: TensorReader): Pick<ModelDimensions, 'tableBits' | 'tableScaleGroup'> {
  const { layout, groupSize } = tableStorage(reader, 'int8');
  return {
    ...(layout !== 'W8' && { tableBits: LAYOUT_BITS[layout] }),
    ...(groupSize !== reader.columns && { tableScaleGroup: groupSize }),
  };
}

/** Ternary types of ggml that repeat one scale per row or tensor in each block: the device keeps one per row. */
const REPEATED_SCALES: ReadonlySet<number> = new Set([GGML_TYPE.TQ1_0, GGML_TYPE.TQ2_0]);

function matrixStorage({ name, type }: GgufTensor, tensors: TensorSet): RowStorage {
  const reader = tensors.open(name);
  const storage = exactStorage(reader);
  return REPEATED_SCALES.has(type) ? { ...storage, groupSize: reader.columns } : storage;
}

const TABLES: ReadonlySet<string> = new Set(['token_embd.weight', 'output.weight']);

// Matrices and tables in their layouts, with what stands beside them; gains and biases in f32. The factors of the rotation
// become a table of scratch.
function weightsOnDevice(file: GgufFile, tensors: TensorSet, tables: 'file' | 'int8'): number {
  return file.tensors.reduce((sum, tensor) => sum + bytesOnDevice(tensor, tensors, tables), 0);
}

function bytesOnDevice(tensor: GgufTensor, tensors: TensorSet, tables: 'file' | 'int8'): number {
  const { name, type, dims } = tensor;
  const elements = countElements(dims);
  // Scales of codes are counted with the codes.
  if (name === 'rope_freqs.weight' || name.endsWith('.code_scale')) return 0;
  // Gains, biases, channels of outliers, and single kept weights with their scales: as they are.
  if (elements === dims[0] || type === GGML_TYPE.I32) return elements * F32_BYTES;
  const reader = tensors.open(name);
  const storage = TABLES.has(name) ? tableStorage(reader, tables) : matrixStorage(tensor, tensors);
  return reader.rows * storageRowBytes(storage, reader.columns);
}

// Opening a tensor reads nothing, so that no bytes are needed.
function openHeaders(file: GgufFile): TensorSet {
  const source = new MemorySource(file.name, new Uint8Array(0));
  return new GgufTensorSet(file, source, readQuantizationMetadata(file)?.codes);
}

function findTensor(file: GgufFile, name: string): GgufTensor {
  const tensor = file.tensors.find((candidate) => candidate.name === name);
  if (tensor !== undefined) return tensor;
  throw new EngineError(
    'bad-file',
    `${file.name} has no tensor ${name}, which its architecture needs. Use a complete conversion of the model.`,
    { details: { file: file.name, tensor: name } },
  );
}
