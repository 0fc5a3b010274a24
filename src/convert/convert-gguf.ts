// Plans the conversion of a GGUF model to other types: matrices and embedding are rewritten, all else is kept.

import type { GgufFile } from '../gguf/reader.ts';
import { countElements, type GgufTensor, type GgufValue } from '../gguf/values.ts';
import { findStorageFormat, openTensor } from '../quant/index.ts';
import type { ByteSource } from '../util/byte-source.ts';
import { GGML_TYPE } from '../util/ggml-types.ts';
import { checkColumns, encodeTensor } from './encode-tensor.ts';
import { TARGETS, type TargetType } from './targets.ts';
import type { ModelPlan, OutputTensor } from './write-model.ts';

/** Options of planGguf. */
export interface GgufConversion {
  /** Type of the matrices. */
  readonly matrices: TargetType;
  /** Type of the embedding and of a separate head. Default: as they are. */
  readonly embedding?: TargetType;
  /** `general.name`. Default: kept. */
  readonly name?: string;
  /** `general.license`. Default: kept. */
  readonly license?: string;
}

/** Projections of attention and FFN, of ordinary and of gated linear attention. Others keep their type. */
const MATRIX = /^blk\.\d+\.(?:attn_(?:q|k|v|qkv|output|gate)|ffn_(?:gate|up|down)|ssm_out)\.weight$/;
const TABLE = /^(?:token_embd|output)\.weight$/;
/** Norm gains, biases and other vectors in half precision become F32. */
const HALF_TYPES: readonly number[] = [GGML_TYPE.F16, GGML_TYPE.BF16];
const COPY_BYTES = 4 << 20;
const QUANTIZATION_VERSION = 2;

/**
 * Plans a conversion. All metadata is kept, but for `general.file_type`, the keys of split files, and what the options
 * name. Tensors that have the wanted type already are copied byte for byte.
 * @param source of the tensors that have none of their own; stays open until the plan is written
 * @throws EngineError 'bad-argument' when a type does not fit the rows of a tensor, 'unsupported-model' for types that
 *   cannot be read
 */
export function planGguf(file: GgufFile, source: ByteSource, options: GgufConversion): ModelPlan {
  const tensors = file.tensors.map((tensor) => {
    const target = chooseTarget(tensor, options);
    const from = tensor.source ?? source;
    return target === null ? copyTensor(tensor, from) : convertTensor(tensor, from, target);
  });
  return { metadata: changeMetadata(file, options), tensors };
}

function chooseTarget(tensor: GgufTensor, options: GgufConversion): TargetType | null {
  if (MATRIX.test(tensor.name)) return options.matrices;
  if (TABLE.test(tensor.name)) return options.embedding ?? null;
  return tensor.dims.length === 1 && HALF_TYPES.includes(tensor.type) ? 'f32' : null;
}

function convertTensor(tensor: GgufTensor, source: ByteSource, type: TargetType): OutputTensor {
  const { name, dims } = tensor;
  const target = TARGETS[type];
  const columns = dims[0];
  const location = { ...tensor, source, rows: countElements(dims) / columns, columns };
  const stored = findStorageFormat(tensor.type, location);
  if (tensor.type === target.ggmlType && stored?.blockElements === target.blockElements) {
    return copyTensor(tensor, source);
  }
  const label = `Tensor ${name} of ${source.name}`;
  const rows = openTensor(tensor.type, location);
  checkColumns(rows, type, label);
  return { name, dims, type: target.ggmlType, parts: (signal) => encodeTensor(rows, type, label, signal) };
}

/** A tensor as it is, byte for byte. */
export function copyTensor(tensor: GgufTensor, source: ByteSource): OutputTensor {
  const { name, dims, type } = tensor;
  const columns = dims[0];
  const rows = countElements(dims) / columns;
  const blockElements = findStorageFormat(type, { ...tensor, rows, columns })?.blockElements;
  return {
    name,
    dims,
    type,
    // Q2_0 has two layouts under one id; other types have one.
    ...(type === GGML_TYPE.Q2_0 && { blockElements }),
    async *parts(signal) {
      for (let at = 0; at < tensor.sizeBytes; at += COPY_BYTES) {
        const length = Math.min(COPY_BYTES, tensor.sizeBytes - at);
        yield await source.read(tensor.offsetBytes + at, length, signal);
      }
    },
  };
}

function changeMetadata(file: GgufFile, options: GgufConversion): Map<string, GgufValue> {
  const metadata = new Map([...file.metadata].filter(([key]) => !key.startsWith('split.')));
  metadata.set('general.file_type', { type: 'u32', value: TARGETS[options.matrices].fileType });
  if (!metadata.has('general.quantization_version')) {
    metadata.set('general.quantization_version', { type: 'u32', value: QUANTIZATION_VERSION });
  }
  if (options.name !== undefined) metadata.set('general.name', { type: 'string', value: options.name });
  if (options.license !== undefined) {
    metadata.set('general.license', { type: 'string', value: options.license });
  }
  return metadata;
}
