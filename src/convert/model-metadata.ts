// GGUF model keys of architecture `bitnet-b1.58` from a checkpoint's configuration.

import type { GgufValue } from '../gguf/values.ts';
import type { CheckpointConfig, GenerationConfig } from './checkpoint-config.ts';

const ARCHITECTURE = 'bitnet-b1.58';

/** What people read about the file. */
export interface ModelLabels {
  readonly name: string;
  /** SPDX name or a phrase; null leaves the key out. */
  readonly license: string | null;
  /** `general.file_type`, a hint: 40 for I2_S, 37 for TQ2_0. */
  readonly fileType: number;
}

/** The `general.*` and `bitnet-b1.58.*` entries. */
export function modelMetadata(
  config: CheckpointConfig,
  generation: GenerationConfig,
  labels: ModelLabels,
): [string, GgufValue][] {
  const text = (value: string): GgufValue => ({ type: 'string', value });
  const u32 = (value: number): GgufValue => ({ type: 'u32', value });
  const f32 = (value: number): GgufValue => ({ type: 'f32', value });
  const entries: [string, GgufValue][] = [
    ['general.architecture', text(ARCHITECTURE)],
    ['general.name', text(labels.name)],
  ];
  if (labels.license !== null) entries.push(['general.license', text(labels.license)]);
  entries.push(
    ['general.file_type', u32(labels.fileType)],
    ['general.quantization_version', u32(2)],
    [`${ARCHITECTURE}.vocab_size`, u32(config.vocabularySize)],
    [`${ARCHITECTURE}.context_length`, u32(config.contextLength)],
    [`${ARCHITECTURE}.embedding_length`, u32(config.hiddenSize)],
    [`${ARCHITECTURE}.block_count`, u32(config.layers)],
    [`${ARCHITECTURE}.feed_forward_length`, u32(config.ffnSize)],
    [`${ARCHITECTURE}.attention.head_count`, u32(config.heads)],
    [`${ARCHITECTURE}.attention.head_count_kv`, u32(config.kvHeads)],
    [`${ARCHITECTURE}.attention.key_length`, u32(config.headDim)],
    [`${ARCHITECTURE}.attention.value_length`, u32(config.headDim)],
    [`${ARCHITECTURE}.attention.layer_norm_rms_epsilon`, f32(config.rmsNormEpsilon)],
    [`${ARCHITECTURE}.rope.dimension_count`, u32(config.headDim)],
    [`${ARCHITECTURE}.rope.freq_base`, f32(config.ropeTheta)],
  );
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
