// The sizes of a network from the header of its GGUF file, for the estimate of its memory. Reads no weights.

import type { ModelDimensions } from '../api/types.ts';
import { exactStorage, type RowStorage, storageRowBytes } from '../architectures/blocks/row-shards.ts';
import { tableStorage } from '../architectures/blocks/token-table.ts';
import { findArchitecture } from '../architectures/index.ts';
import { EngineError } from '../errors.ts';
import type { GgufFile } from '../gguf/reader.ts';
import { countElements, type GgufTensor } from '../gguf/values.ts';
import type { TensorReader } from '../quant/format.ts';
import { openTensor } from '../quant/index.ts';
import { MemorySource } from '../util/byte-source.ts';
import { GGML_TYPE } from '../util/ggml-types.ts';

const F32_BYTES = 4;
const MAX_SIZE = 2 ** 24;

/**
 * Reads the dimensions.
 * @throws EngineError 'unsupported-model' for an architecture or tensor type that the engine does not know, 'bad-file'
 *   when a key or tensor is missing
 */
export function readDimensions(file: GgufFile): ModelDimensions {
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
    ...matrixDimensions(query),
    ...tableDimensions(findTensor(file, 'token_embd.weight')),
    subNorms: has('blk.0.attn_sub_norm.weight'),
    headNorms: has('blk.0.attn_q_norm.weight'),
    weightsBytes: weightsOnDevice(file),
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

function matrixDimensions(tensor: GgufTensor): Pick<ModelDimensions, 'matrixBits' | 'scaleGroup' | 'minima'> {
  const { layout, groupSize, minima } = matrixStorage(tensor);
  return {
    matrixBits: LAYOUT_BITS[layout],
    ...(groupSize !== tensor.dims[0] && { scaleGroup: groupSize }),
    ...(minima && { minima }),
  };
}

function tableDimensions(tensor: GgufTensor): Pick<ModelDimensions, 'tableBits' | 'tableScaleGroup'> {
  const { layout, groupSize } = tableStorage(openHeader(tensor), 'int8');
  return {
    ...(layout !== 'W8' && { tableBits: LAYOUT_BITS[layout] }),
    ...(groupSize !== tensor.dims[0] && { tableScaleGroup: groupSize }),
  };
}

/** Ternary types of ggml that repeat one scale per row or tensor in each block: the device keeps one per row. */
const REPEATED_SCALES: ReadonlySet<number> = new Set([GGML_TYPE.TQ1_0, GGML_TYPE.TQ2_0]);

function matrixStorage(tensor: GgufTensor): RowStorage {
  const storage = exactStorage(openHeader(tensor));
  return REPEATED_SCALES.has(tensor.type) ? { ...storage, groupSize: tensor.dims[0] } : storage;
}

const TABLES: ReadonlySet<string> = new Set(['token_embd.weight', 'output.weight']);

// Matrices and tables in their layouts; gains and biases in f32. The factors of the rotation become a table of scratch.
function weightsOnDevice(file: GgufFile): number {
  return file.tensors.reduce((sum, tensor) => sum + bytesOnDevice(tensor), 0);
}

function bytesOnDevice(tensor: GgufTensor): number {
  const elements = countElements(tensor.dims);
  if (tensor.name === 'rope_freqs.weight') return 0;
  if (elements === tensor.dims[0]) return elements * F32_BYTES;
  const storage = TABLES.has(tensor.name) ? tableStorage(openHeader(tensor), 'int8') : matrixStorage(tensor);
  return (elements / tensor.dims[0]) * storageRowBytes(storage, tensor.dims[0]);
}

// Opening a tensor reads nothing, so that no bytes are needed.
function openHeader(tensor: GgufTensor): TensorReader {
  const columns = tensor.dims[0];
  const source = new MemorySource(tensor.name, new Uint8Array(0));
  return openTensor(tensor.type, { ...tensor, source, rows: countElements(tensor.dims) / columns, columns });
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
