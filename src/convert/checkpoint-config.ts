// config.json and generation_config.json of a Hugging Face checkpoint, checked and typed.

import { EngineError } from '../errors.ts';
import type { CheckpointFolder } from '../safetensors/checkpoint.ts';
import { isRecord, type JsonRecord, parseJsonRecord } from '../util/json.ts';
import { FAMILIES, type Family } from './families.ts';
import { type CheckpointQuantization, readQuantization } from './quantization.ts';
import { type RopeScaling, readRopeScaling } from './rope-scaling.ts';

/** The shape of a model. */
export interface CheckpointConfig {
  readonly family: Family;
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
  readonly ropeScaling: RopeScaling;
  readonly normEpsilon: number;
  /** Null when config.json does not say: then a head in the checkpoint decides. */
  readonly tiedEmbedding: boolean | null;
  /** Largest magnitude of q, k and v (OLMo); null: not clipped. */
  readonly clampQkv: number | null;
  readonly quantization: CheckpointQuantization;
  /** Floating-point matrices are to be ternarised by absmean. */
  readonly masterWeights: boolean;
}

/** generation_config.json, as far as it is used. */
export interface GenerationConfig {
  readonly endIds: readonly number[];
  readonly temperature: number | null;
  readonly topK: number | null;
  readonly topP: number | null;
  readonly repetitionPenalty: number | null;
}

const DEFAULT_ROPE_THETA = 10000;
const LAYER_NORM_EPSILON = 1e-5;
/** Settings that change the arithmetic in ways that no supported architecture has. */
const MUST_BE_OFF = ['attention_bias', 'mlp_bias', 'use_sliding_window'];

/**
 * Reads config.json.
 * @throws EngineError 'bad-file' when it is missing or malformed, 'unsupported-model' for what cannot be converted
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
  const family = findFamily(config, fileName);
  const count = (key: string, fallback?: number): number => positiveInteger(config, key, fileName, fallback);
  const hiddenSize = count('hidden_size');
  const heads = count('num_attention_heads');
  const rope = isRecord(config.rope_parameters) ? config.rope_parameters : {};
  const contextLength = count('max_position_embeddings');
  const scaling = readRopeScaling(config.rope_scaling ?? config.rope_parameters, contextLength, fileName);
  if (scaling.kind !== 'none' && !family.ropeScaling)
    throw unsupported(fileName, `rope_scaling ${scaling.kind}`, 'none');
  return {
    family,
    name: typeof config._name_or_path === 'string' ? config._name_or_path : '',
    layers: count('num_hidden_layers'),
    hiddenSize,
    ffnSize: count('intermediate_size'),
    heads,
    kvHeads: count('num_key_value_heads', heads),
    headDim: count('head_dim', hiddenSize / heads),
    vocabularySize: count('vocab_size'),
    contextLength,
    ropeTheta: positive(config, 'rope_theta', fileName, rope.rope_theta ?? DEFAULT_ROPE_THETA),
    ropeScaling: scaling,
    normEpsilon:
      family.normEpsilon === null ? LAYER_NORM_EPSILON : positive(config, family.normEpsilon, fileName),
    tiedEmbedding: typeof config.tie_word_embeddings === 'boolean' ? config.tie_word_embeddings : null,
    clampQkv: isUnset(config.clip_qkv) ? null : positive(config, 'clip_qkv', fileName),
    quantization: readQuantization(config, fileName),
    masterWeights: family.masterWeights || isBitnet(config.quantization_config),
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

function findFamily(config: JsonRecord, fileName: string): Family {
  const classes = Array.isArray(config.architectures) ? config.architectures.map(String) : [];
  const known = classes.find((name) => Object.hasOwn(FAMILIES, name));
  if (known === undefined) {
    const observed = `architecture ${classes.join(', ') || 'unknown'}`;
    throw unsupported(fileName, observed, Object.keys(FAMILIES).join(', '));
  }
  const family = FAMILIES[known];
  if (config.hidden_act !== family.activation) {
    throw unsupported(fileName, `hidden_act ${String(config.hidden_act)}`, family.activation);
  }
  const switchedOn = MUST_BE_OFF.find((key) => config[key] === true);
  if (switchedOn !== undefined) throw unsupported(fileName, `${switchedOn} true`, 'false');
  return family;
}

function isBitnet(value: unknown): boolean {
  return isRecord(value) && value.quant_method === 'bitnet';
}

function isUnset(value: unknown): boolean {
  return value === undefined || value === null;
}

function positiveInteger(config: JsonRecord, key: string, fileName: string, fallback?: number): number {
  const value = config[key] ?? fallback;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw malformed(fileName, key, value, 'a positive integer');
}

function positive(config: JsonRecord, key: string, fileName: string, fallback?: unknown): number {
  const value = config[key] ?? fallback;
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
