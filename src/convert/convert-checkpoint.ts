// Plans the conversion of a Hugging Face checkpoint to GGUF. Weights are read when the plan is written, a few MiB at a
// time; what can be checked without them is checked here.

import { EngineError } from '../errors.ts';
import type { GgufValue } from '../gguf/values.ts';
import { encodeF32 } from '../quant/f32/format.ts';
import { type CheckpointFolder, readCheckpoint } from '../safetensors/checkpoint.ts';
import type { SafetensorsTensor } from '../safetensors/reader.ts';
import {
  type CheckpointConfig,
  type GenerationConfig,
  readCheckpointConfig,
  readGenerationConfig,
} from './checkpoint-config.ts';
import { checkColumns, encodeTensor } from './encode-tensor.ts';
import { modelMetadata } from './model-metadata.ts';
import { ropeDivisors } from './rope-scaling.ts';
import { openStored } from './stored-tensor.ts';
import { TARGETS, type TargetType } from './targets.ts';
import { type PlannedTensor, planTensors } from './tensor-plan.ts';
import { checkpointTokenizerMetadata } from './tokenizer-metadata.ts';
import type { ModelPlan, OutputTensor } from './write-model.ts';

/** Options of planCheckpoint. */
export interface CheckpointConversion {
  /** Type of the matrices. */
  readonly matrices: TargetType;
  /**
   * Type of the embedding, and of the head where it is a tensor of its own. Default: that of the matrices where the
   * checkpoint stores both in the same quantised form (MLX), else `f16`.
   */
  readonly embedding?: TargetType;
  /** Ternarise floating-point matrices by absmean, though config.json does not say that they are master weights. */
  readonly ternarize?: boolean;
  /** `general.name`. Default: the checkpoint's own name, else the folder's. */
  readonly name?: string;
  /** `general.license`. Default: left out. */
  readonly license?: string;
  /** Folder of tokenizer.json. Default: that of the checkpoint. */
  readonly tokenizer?: CheckpointFolder;
}

/**
 * Plans a conversion.
 * @param folder stays open until the plan is written
 * @throws EngineError 'bad-file' for damaged or missing files, 'unsupported-model' for what cannot be converted,
 *   'bad-argument' when a type does not fit the rows of a tensor; the signal's reason
 */
export async function planCheckpoint(
  folder: CheckpointFolder,
  options: CheckpointConversion,
  signal?: AbortSignal,
): Promise<ModelPlan> {
  const stated = await readCheckpointConfig(folder);
  const config = { ...stated, masterWeights: stated.masterWeights || options.ternarize === true };
  const generation = await readGenerationConfig(folder);
  const checkpoint = await readCheckpoint(folder, signal);
  const { matrices } = options;
  const isMlx = config.quantization.method === 'mlx-affine';
  const embedding = options.embedding ?? (isMlx ? matrices : 'f16');
  const types: Readonly<Record<PlannedTensor['kind'], TargetType>> = {
    matrix: matrices,
    embedding,
    vector: 'f32',
  };
  const metadata = new Map<string, GgufValue>([
    ...modelMetadata(config, generation, {
      name: options.name ?? (config.name || folder.name),
      license: options.license ?? null,
      fileType: TARGETS[matrices].fileType,
    }),
    ...(await readTokenizer(options.tokenizer ?? folder, config, generation)),
  ]);
  const planned = planTensors(config, hasHead(config, checkpoint));
  const tensors = planned.map((tensor) =>
    planOutput(checkpoint, tensor, config, types[tensor.kind], folder.name),
  );
  return { metadata, tensors: [...tensors, ...planDivisors(config)] };
}

/** A head in the checkpoint counts unless config.json says that it is the embedding. */
function hasHead(config: CheckpointConfig, checkpoint: ReadonlyMap<string, SafetensorsTensor>): boolean {
  if (config.tiedEmbedding !== null) return !config.tiedEmbedding;
  return checkpoint.has('lm_head.weight');
}

function planOutput(
  checkpoint: ReadonlyMap<string, SafetensorsTensor>,
  tensor: PlannedTensor,
  config: CheckpointConfig,
  type: TargetType,
  folderName: string,
): OutputTensor {
  const { name, rows, columns, kind } = tensor;
  const label = `Tensor ${tensor.from} of ${folderName}`;
  checkColumns(tensor, type, label);
  const open = openStored(checkpoint, tensor, config, folderName);
  return {
    name,
    dims: kind === 'vector' ? [columns] : [columns, rows],
    type: TARGETS[type].ggmlType,
    openRows: open,
    async *parts(signal) {
      yield* encodeTensor(await open(signal), type, label, signal);
    },
  };
}

function planDivisors(config: CheckpointConfig): OutputTensor[] {
  const divisors = ropeDivisors(config.ropeScaling, config.headDim, config.ropeTheta);
  if (divisors === null) return [];
  return [
    {
      name: 'rope_freqs.weight',
      dims: [divisors.length],
      type: TARGETS.f32.ggmlType,
      async *parts() {
        yield encodeF32(divisors);
      },
    },
  ];
}

async function readTokenizer(
  folder: CheckpointFolder,
  config: CheckpointConfig,
  generation: GenerationConfig,
): Promise<[string, GgufValue][]> {
  const tokenizerJson = await folder.readText('tokenizer.json');
  if (tokenizerJson === null) {
    throw new EngineError(
      'bad-file',
      `The checkpoint ${folder.name} has no tokenizer.json; expected it there. Download it too, or name the folder of another checkpoint with the same vocabulary with --tokenizer.`,
      { details: { folder: folder.name, missing: 'tokenizer.json' } },
    );
  }
  const tokenizerConfigJson = await folder.readText('tokenizer_config.json');
  const files = { tokenizerJson, tokenizerConfigJson, fileName: folder.name };
  return checkpointTokenizerMetadata(files, config.vocabularySize, generation.endIds);
}
