// GGUF model keys from a checkpoint's configuration.

import type { GgufValue } from '../gguf/values.ts';
import type { CheckpointConfig, GenerationConfig } from './checkpoint-config.ts';
import { ropeScalingMetadata } from './rope-scaling.ts';

/** What people read about the file. */
export interface ModelLabels {
  readonly name: string;
  /** SPDX name or a phrase; null leaves the key out. */
  readonly license: string | null;
  /** `general.file_type`, a hint: 40 for I2_S, 37 for TQ2_0. */
  readonly fileType: number;
}

const text = (value: string): GgufValue => ({ type: 'string', value });
const u32 = (value: number): GgufValue => ({ type: 'u32', value });
const f32 = (value: number): GgufValue => ({ type: 'f32', value });

/** The `general.*` and `ARCHITECTURE.*` entries. */
export function modelMetadata(
  config: CheckpointConfig,
  generation: GenerationConfig,
  labels: ModelLabels,
): [string, GgufValue][] {
  const { architecture, normEpsilon } = config.family;
  const epsilonKey = normEpsilon === null ? 'layer_norm_epsilon' : 'layer_norm_rms_epsilon';
  const entries: [string, GgufValue][] = [
    ['general.architecture', text(architecture)],
    ['general.name', text(labels.name)],
  ];
  if (labels.license !== null) entries.push(['general.license', text(labels.license)]);
  entries.push(
    ['general.file_type', u32(labels.fileType)],
    ['general.quantization_version', u32(2)],
    [`${architecture}.vocab_size`, u32(config.vocabularySize)],
    [`${architecture}.context_length`, u32(config.contextLength)],
    [`${architecture}.embedding_length`, u32(config.hiddenSize)],
    [`${architecture}.block_count`, u32(config.layers)],
    [`${architecture}.feed_forward_length`, u32(config.ffnSize)],
    [`${architecture}.attention.head_count`, u32(config.heads)],
    [`${architecture}.attention.head_count_kv`, u32(config.kvHeads)],
    [`${architecture}.attention.key_length`, u32(config.headDim)],
    [`${architecture}.attention.value_length`, u32(config.headDim)],
    [`${architecture}.attention.${epsilonKey}`, f32(config.normEpsilon)],
    [`${architecture}.rope.dimension_count`, u32(config.headDim)],
    [`${architecture}.rope.freq_base`, f32(config.ropeTheta)],
    ...ropeScalingMetadata(architecture, config.ropeScaling),
  );
  if (config.clampQkv !== null) entries.push([`${architecture}.attention.clamp_kqv`, f32(config.clampQkv)]);
  return [...entries, ...samplingMetadata(generation)];
}

function samplingMetadata(generation: GenerationConfig): [string, GgufValue][] {
  const entries: [string, GgufValue][] = [];
  if (generation.temperature !== null) entries.push(['general.sampling.temp', f32(generation.temperature)]);
  if (generation.topK !== null) {
    entries.push(['general.sampling.top_k', { type: 'i32', value: Math.trunc(generation.topK) }]);
  }
  if (generation.topP !== null) entries.push(['general.sampling.top_p', f32(generation.topP)]);
  if (generation.repetitionPenalty !== null) {
    entries.push(['general.sampling.penalty_repeat', f32(generation.repetitionPenalty)]);
  }
  return entries;
}
