// Converts a Hugging Face BitNet checkpoint to one GGUF file, tensor by tensor: memory stays at a few row windows.

import { createSHA256 } from 'hash-wasm';
import { EngineError } from '../errors.ts';
import { GgufWriter } from '../gguf/writer.ts';
import type { CodedReader, TensorReader } from '../quant/format.ts';
import { openTensor } from '../quant/index.ts';
import { type CheckpointFolder, readCheckpoint } from '../safetensors/checkpoint.ts';
import type { SafetensorsTensor } from '../safetensors/reader.ts';
import { tokenizerFromJson } from '../tokenizer/from-json.ts';
import type { ByteSink } from '../util/byte-sink.ts';
import { GGML_TYPE } from '../util/ggml-types.ts';
import {
  type CheckpointConfig,
  type GenerationConfig,
  readCheckpointConfig,
  readGenerationConfig,
} from './checkpoint-config.ts';
import {
  encodeFloatTensor,
  encodeTernaryTensor,
  type FloatTarget,
  TARGET_TYPE_IDS,
  type TernaryTarget,
} from './encode-tensor.ts';
import { openMasterTernary } from './master-ternary.ts';
import { modelMetadata } from './model-metadata.ts';
import { openPackedTernary } from './packed-ternary.ts';
import { type PlannedTensor, planTensors } from './tensor-plan.ts';
import { tokenizerMetadata } from './tokenizer-metadata.ts';

/** Options of convertCheckpoint. */
export interface ConvertOptions {
  /** Type of the ternary matrices. Default `i2_s`. */
  readonly matrices?: TernaryTarget;
  /** Type of the embedding, and of the head where it is a tensor of its own. Default `f16`. */
  readonly embedding?: FloatTarget;
  /** `general.name`. Default: the checkpoint's own name, else the folder's. */
  readonly name?: string;
  /** `general.license`. Default: left out. */
  readonly license?: string;
  /** Called after each tensor. */
  readonly onProgress?: (done: number, total: number, name: string) => void;
  readonly signal?: AbortSignal;
}

/** What was written. */
export interface ConvertResult {
  readonly sizeBytes: number;
  /** Lower-case hex, of the whole file. */
  readonly sha256: string;
  readonly tensors: number;
  readonly parameters: number;
}

const FILE_TYPES: Readonly<Record<TernaryTarget, number>> = { i2_s: 40, tq2_0: 37 };
const SAFETENSORS_TYPES: ReadonlyMap<string, number> = new Map([
  ['F32', GGML_TYPE.F32],
  ['F16', GGML_TYPE.F16],
  ['BF16', GGML_TYPE.BF16],
]);

/**
 * Converts a checkpoint. The sink is the caller's to close, and to remove when this throws.
 * @throws EngineError 'bad-file' for damaged or missing files, 'unsupported-model' for what cannot be converted;
 *   the signal's reason
 */
export async function convertCheckpoint(
  folder: CheckpointFolder,
  sink: ByteSink,
  options: ConvertOptions = {},
): Promise<ConvertResult> {
  const { matrices = 'i2_s', embedding = 'f16', signal } = options;
  const config = await readCheckpointConfig(folder);
  const generation = await readGenerationConfig(folder);
  const checkpoint = await readCheckpoint(folder, signal);
  const planned = planTensors(config);
  const metadata = new Map([
    ...modelMetadata(config, generation, {
      name: options.name ?? (config.name || folder.name),
      license: options.license ?? null,
      fileType: FILE_TYPES[matrices],
    }),
    ...(await readTokenizer(folder, config, generation)),
  ]);
  const target = (kind: PlannedTensor['kind']): FloatTarget | TernaryTarget =>
    kind === 'matrix' ? matrices : kind === 'norm' ? 'f32' : embedding;

  const hashing = await createHashingSink(sink);
  const writer = new GgufWriter(hashing, {
    metadata,
    tensors: planned.map(({ name, kind, rows, columns }) => ({
      name,
      dims: kind === 'norm' ? [columns] : [columns, rows],
      type: TARGET_TYPE_IDS[target(kind)],
    })),
  });
  await writer.writeHeader();
  let parameters = 0;
  for (const [index, tensor] of planned.entries()) {
    signal?.throwIfAborted();
    if (tensor.kind === 'matrix') {
      const reader = await openMatrix(checkpoint, tensor, config, signal);
      await writer.writeTensor(tensor.name, encodeTernaryTensor(reader, matrices, signal));
    } else {
      const reader = openFloats(
        findTensor(checkpoint, tensor.from, folder.name),
        tensor.rows,
        tensor.columns,
      );
      const type = tensor.kind === 'norm' ? 'f32' : embedding;
      await writer.writeTensor(tensor.name, encodeFloatTensor(reader, type, signal));
    }
    parameters += tensor.rows * tensor.columns;
    options.onProgress?.(index + 1, planned.length, tensor.name);
  }
  writer.finish();
  return { ...hashing.finish(), tensors: planned.length, parameters };
}

async function readTokenizer(
  folder: CheckpointFolder,
  config: CheckpointConfig,
  generation: GenerationConfig,
): Promise<ReturnType<typeof tokenizerMetadata>> {
  const tokenizerJson = await folder.readText('tokenizer.json');
  if (tokenizerJson === null) throw missing(folder.name, 'tokenizer.json');
  const tokenizer = tokenizerFromJson({
    tokenizerJson,
    tokenizerConfigJson: await folder.readText('tokenizer_config.json'),
    fileName: folder.name,
  });
  return tokenizerMetadata(tokenizer, config.vocabularySize, generation.endIds, folder.name);
}

async function openMatrix(
  checkpoint: ReadonlyMap<string, SafetensorsTensor>,
  tensor: PlannedTensor,
  config: CheckpointConfig,
  signal?: AbortSignal,
): Promise<CodedReader> {
  const { rows, columns } = tensor;
  const stored = findTensor(checkpoint, tensor.from, config.name);
  if (config.linearStorage === 'master') {
    const reader = openFloats(stored, rows, columns);
    if (reader.kind !== 'float') throw wrongShape(stored, 'floats');
    return openMasterTernary(reader, signal);
  }
  const [packedRows, packedColumns] = stored.shape;
  if (
    stored.dtype !== 'U8' ||
    stored.shape.length !== 2 ||
    packedRows * 4 !== rows ||
    packedColumns !== columns
  ) {
    throw wrongShape(stored, `U8 [${rows / 4}, ${columns}]`);
  }
  const scaleTensor = findTensor(checkpoint, `${tensor.from}_scale`, config.name);
  const [weightScale] = await openFloats(scaleTensor, 1, 1).readFloats(0, 1, signal);
  const scale = config.linearStorage === 'packed-multiply' ? weightScale : Math.fround(1 / weightScale);
  if (!Number.isFinite(scale) || scale <= 0) throw wrongShape(scaleTensor, 'a positive scale');
  return openPackedTernary({ ...stored, rows: packedRows, columns }, scale);
}

/** A reader of floats, whatever the shape as long as the number of elements fits. */
function openFloats(stored: SafetensorsTensor, rows: number, columns: number): TensorReader {
  const type = SAFETENSORS_TYPES.get(stored.dtype);
  const elements = stored.shape.reduce((product, length) => product * length, 1);
  const lastLength = stored.shape.at(-1) ?? 1;
  if (type === undefined || elements !== rows * columns || lastLength !== columns) {
    throw wrongShape(stored, `F32, F16 or BF16 [${rows}, ${columns}]`);
  }
  return openTensor(type, { ...stored, rows, columns });
}

function findTensor(
  checkpoint: ReadonlyMap<string, SafetensorsTensor>,
  name: string,
  folderName: string,
): SafetensorsTensor {
  const found = checkpoint.get(name);
  if (found === undefined) throw missing(folderName, `tensor ${name}`);
  return found;
}

function missing(folderName: string, what: string): EngineError {
  return new EngineError(
    'bad-file',
    `The checkpoint ${folderName} has no ${what}; expected it there. Download the checkpoint again.`,
    { details: { folder: folderName, missing: what } },
  );
}

function wrongShape(stored: SafetensorsTensor, expected: string): EngineError {
  return new EngineError(
    'bad-file',
    `Tensor ${stored.name} of ${stored.source.name} is ${stored.dtype} [${stored.shape}]; expected ${expected}. Use files of the same model.`,
    { details: { file: stored.source.name, tensor: stored.name } },
  );
}

/** A sink that passes bytes on and hashes them. */
async function createHashingSink(
  sink: ByteSink,
): Promise<ByteSink & { finish(): { sizeBytes: number; sha256: string } }> {
  const hash = await createSHA256();
  let sizeBytes = 0;
  return {
    async write(bytes) {
      hash.update(bytes);
      sizeBytes += bytes.byteLength;
      await sink.write(bytes);
    },
    finish: () => ({ sizeBytes, sha256: hash.digest('hex') }),
  };
}
