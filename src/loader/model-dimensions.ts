// The sizes of a network from the header of its GGUF file, for the estimate of its memory. Reads no weights.

import type { ModelDimensions } from '../api/types.ts';
import { findArchitecture } from '../architectures/index.ts';
import { EngineError } from '../errors.ts';
import type { GgufFile } from '../gguf/reader.ts';
import { countElements, type GgufTensor } from '../gguf/values.ts';
import type { CodeKind } from '../quant/format.ts';
import { openTensor } from '../quant/index.ts';
import { MemorySource } from '../util/byte-source.ts';

const CODE_BITS: Readonly<Record<CodeKind, number>> = { binary: 1, ternary: 2, int4: 4, int8: 8 };
const F32_BITS = 32;
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
    ...matrixStorage(query),
    subNorms: has('blk.0.attn_sub_norm.weight'),
    headNorms: has('blk.0.attn_q_norm.weight'),
  };
}

/** Codes stay codes on the device; floats are counted as f32, which only F16 is smaller than. */
function matrixStorage(tensor: GgufTensor): Pick<ModelDimensions, 'matrixBits' | 'scaleGroup'> {
  const columns = tensor.dims[0];
  // Opening a tensor reads nothing, so that no bytes are needed.
  const source = new MemorySource(tensor.name, new Uint8Array(0));
  const reader = openTensor(tensor.type, {
    ...tensor,
    source,
    rows: countElements(tensor.dims) / columns,
    columns,
  });
  if (reader.kind === 'float') return { matrixBits: F32_BITS };
  const matrixBits = CODE_BITS[reader.kind];
  return reader.groupSize === columns ? { matrixBits } : { matrixBits, scaleGroup: reader.groupSize };
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
