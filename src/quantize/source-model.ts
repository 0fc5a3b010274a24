// The model that is quantised: a GGUF file, or a Hugging Face folder as the converter plans it, as rows of floats.

import { copyTensor } from '../convert/convert-gguf.ts';
import type { FloatRows } from '../convert/encode-tensor.ts';
import type { ModelPlan, OutputTensor } from '../convert/write-model.ts';
import { GgufFields } from '../gguf/fields.ts';
import type { GgufFile } from '../gguf/reader.ts';
import { countElements } from '../gguf/values.ts';
import { openTensor } from '../quant/index.ts';
import { readQuantizationMetadata } from '../quant/quantization-metadata.ts';
import type { ByteSource } from '../util/byte-source.ts';
import { quantizeError } from './quantize-error.ts';

/** A model to be quantised. What it was opened from stays open until it is written. */
export interface SourceModel {
  /** Header; for a folder, that of the GGUF file that the converter would write. */
  readonly file: GgufFile;
  has(name: string): boolean;
  /** Rows of a tensor; a vector is one row. @throws EngineError 'bad-file', 'unsupported-model' */
  open(name: string, signal?: AbortSignal): Promise<FloatRows>;
  /** A tensor as it is. @throws EngineError 'bad-file' */
  copy(name: string): OutputTensor;
}

/**
 * A GGUF file.
 * @param source of the tensors that have none of their own
 * @throws EngineError 'bad-argument' with the reason already-quantized for a file that a recipe made
 */
export function openGgufModel(file: GgufFile, source: ByteSource): SourceModel {
  if (readQuantizationMetadata(file) !== null) {
    throw quantizeError(
      'bad-argument',
      'already-quantized',
      `${file.name} was made by a recipe or is rotated already; expected a model as it was trained. Start from the original.`,
      { file: file.name },
    );
  }
  const byName = new Map(file.tensors.map((tensor) => [tensor.name, tensor]));
  const find = (name: string) => byName.get(name) ?? missing(file.name, name);
  return {
    file,
    has: (name) => byName.has(name),
    async open(name) {
      const tensor = find(name);
      const columns = tensor.dims[0];
      const rows = countElements(tensor.dims) / columns;
      return openTensor(tensor.type, { ...tensor, source: tensor.source ?? source, rows, columns });
    },
    copy(name) {
      const tensor = find(name);
      return copyTensor(tensor, tensor.source ?? source);
    },
  };
}

/**
 * A planned conversion of a folder to floats.
 * @param plan with matrices and embedding in f32
 * @param name of the folder, for messages
 */
export function openPlannedModel(plan: ModelPlan, name: string): SourceModel {
  const byName = new Map(plan.tensors.map((tensor) => [tensor.name, tensor]));
  const find = (tensor: string) => byName.get(tensor) ?? missing(name, tensor);
  return {
    file: {
      name,
      version: 3,
      metadata: plan.metadata,
      fields: new GgufFields(name, plan.metadata),
      tensors: plan.tensors.map(({ name, dims, type }) => ({
        name,
        dims,
        type,
        offsetBytes: 0,
        sizeBytes: 0,
      })),
      dataStartBytes: 0,
      alignment: 32,
    },
    has: (tensor) => byName.has(tensor),
    async open(tensor, signal) {
      const rows = await find(tensor).openRows?.(signal);
      return rows ?? missing(name, tensor);
    },
    copy: find,
  };
}

function missing(fileName: string, tensor: string): never {
  throw quantizeError(
    'bad-file',
    'missing-tensor',
    `${fileName} has no tensor ${tensor}, which its architecture needs. Use a complete model.`,
    { file: fileName, tensor },
  );
}
