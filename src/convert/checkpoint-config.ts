// config.json and generation_config.json of a BitNet checkpoint, checked and typed.

import { EngineError } from '../errors.ts';
import type { CheckpointFolder } from '../safetensors/checkpoint.ts';
import { isRecord, type JsonRecord, parseJsonRecord } from '../util/json.ts';

/** How the linear layers are stored. `multiply` and `divide` say what to do with weight_scale. */
export type LinearStorage = 'packed-multiply' | 'packed-divide' | 'master';

/** The shape of a BitNetForCausalLM model. */
export interface CheckpointConfig {
  readonly name: string;
  readonly layers: number;
  readonly hiddenSize: number;
  readonly ffnSize: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocabularySize: number;
  readonly contextLength: number;
  readonly ropeTheta: number;
  readonly rmsNormEpsilon: number;
  readonly tiedEmbedding: boolean;
  readonly linearStorage: LinearStorage;
}

/** generation_config.json, as far as it is used. */
export interface GenerationConfig {
  readonly endIds: readonly number[];
  readonly temperature: number | null;
  readonly topK: number | null;
  readonly topP: number | null;
  readonly repetitionPenalty: number | null;
}

/**
 * Reads config.json.
 * @throws EngineError 'bad-file' when it is missing or malformed, 'unsupported-model' for another architecture
 */
export async function readCheckpointConfig(folder: CheckpointFolder): Promise<CheckpointConfig> {
  const fileName = `${folder.name}/config.json`;
  const text = await folder.readText('config.json');
  if (text === null) {
    throw new EngineError('bad-file', `${fileName} is missing; expected it in the folder. Download it too.`, {
      details: { file: fileName },
    });
  }
  const config = parseJsonRecord(text, fileName);
  checkArchitecture(config, fileName);
  const count = (key: string, fallback?: number): number => positiveInteger(config, key, fileName, fallback);
  const hiddenSize = count('hidden_size');
  const heads = count('num_attention_heads');
  return {
    name: typeof config._name_or_path === 'string' ? config._name_or_path : '',
    layers: count('num_hidden_layers'),
    hiddenSize,
    ffnSize: count('intermediate_size'),
    heads,
    kvHeads: count('num_key_value_heads', heads),
    headDim: count('head_dim', hiddenSize / heads),
    vocabularySize: count('vocab_size'),
    contextLength: count('max_position_embeddings'),
    ropeTheta: positive(config, 'rope_theta', fileName),
    rmsNormEpsilon: positive(config, 'rms_norm_eps', fileName),
    tiedEmbedding: config.tie_word_embeddings !== false,
    linearStorage: linearStorage(config.quantization_config, fileName),
  };
}

/**
 * Reads generation_config.json; a missing file recommends nothing.
 * @throws EngineError 'bad-file' when it is not JSON
 */
export async function readGenerationConfig(folder: CheckpointFolder): Promise<GenerationConfig> {
  const text = await folder.readText('generation_config.json');
  const config = text === null ? {} : parseJsonRecord(text, `${folder.name}/generation_config.json`);
  const optional = (key: string): number | null => {
    const value = config[key];
    return typeof value === 'number' && Number.isFinite(value) ? value : null;
  };
  const ends: unknown[] = Array.isArray(config.eos_token_id) ? config.eos_token_id : [config.eos_token_id];
  return {
    endIds: ends.filter((id): id is number => Number.isSafeInteger(id)),
    temperature: optional('temperature'),
    topK: optional('top_k'),
    topP: optional('top_p'),
    repetitionPenalty: optional('repetition_penalty'),
  };
}

function checkArchitecture(config: JsonRecord, fileName: string): void {
  const architectures = Array.isArray(config.architectures) ? config.architectures.map(String) : [];
  // transformers spells this model's class with a capital N; `BitnetForCausalLM` is another one, with SiLU.
  if (!architectures.includes('BitNetForCausalLM')) {
    throw unsupported(fileName, `architecture ${architectures.join(', ') || 'unknown'}`, 'BitNetForCausalLM');
  }
  if (config.hidden_act !== 'relu2') {
    throw unsupported(fileName, `hidden_act ${String(config.hidden_act)}`, 'relu2');
  }
  if (config.attention_bias === true) throw unsupported(fileName, 'attention_bias true', 'false');
  if (config.rope_scaling !== undefined && config.rope_scaling !== null) {
    throw unsupported(fileName, 'rope_scaling', 'none');
  }
}

function linearStorage(value: unknown, fileName: string): LinearStorage {
  if (value === undefined || value === null) return 'master';
  if (!isRecord(value) || value.quant_method !== 'bitnet') {
    throw unsupported(fileName, `quantization ${JSON.stringify(value)?.slice(0, 80)}`, 'quant_method bitnet');
  }
  if (value.use_rms_norm === true) throw unsupported(fileName, 'use_rms_norm true', 'false');
  const linearClass = value.linear_class ?? 'bitlinear';
  const mode = value.quantization_mode ?? 'offline';
  if (linearClass === 'bitlinear' && mode === 'offline') return 'packed-divide';
  if (linearClass === 'autobitlinear' && mode === 'offline') return 'packed-multiply';
  if (linearClass === 'autobitlinear' && mode === 'online') return 'master';
  throw unsupported(fileName, `${String(linearClass)} ${String(mode)}`, 'bitlinear offline or autobitlinear');
}

function positiveInteger(config: JsonRecord, key: string, fileName: string, fallback?: number): number {
  const value = config[key] ?? fallback;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw malformed(fileName, key, value, 'a positive integer');
}

function positive(config: JsonRecord, key: string, fileName: string): number {
  const value = config[key];
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  throw malformed(fileName, key, value, 'a positive number');
}

function malformed(fileName: string, key: string, value: unknown, expected: string): EngineError {
  return new EngineError(
    'bad-file',
    `${key} of ${fileName} is ${JSON.stringify(value) ?? 'missing'}; expected ${expected}. Download the checkpoint again.`,
    { details: { file: fileName, field: key } },
  );
}

function unsupported(fileName: string, observed: string, expected: string): EngineError {
  return new EngineError(
    'unsupported-model',
    `${fileName} has ${observed}, which cannot be converted; expected ${expected}. Use another checkpoint.`,
    { details: { file: fileName } },
  );
}
