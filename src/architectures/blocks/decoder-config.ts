// Sizes and constants of a decoder from GGUF metadata, for every architecture here: they use the same keys.
// Keys: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md and llama.cpp/src/llama-arch.cpp.
import { EngineError } from '../../errors.ts';
import type { GgufFile } from '../../gguf/reader.ts';
import type { ModelShape } from '../architecture.ts';
import type { RopeScaling } from '../rope-table.ts';
import { readRopeScaling } from './rope-scaling.ts';

/** What tells one architecture from another; all of them are pre-norm decoders with gated feed-forward layers. */
export interface DecoderTraits {
  /** Values of general.architecture. */
  readonly names: readonly string[];
  /** Which dimensions of a head turn together: (2i, 2i + 1) or (i, i + Dh/2). */
  readonly ropePairs: 'interleaved' | 'half-split';
  /** `layer`: LayerNorm without gain and bias, so the file has no norm tensors. Default `rms`. */
  readonly norm?: 'rms' | 'layer';
  /** RMSNorm of each query and key head before the rotation (attn_q_norm, attn_k_norm). Default false. */
  readonly headNorm?: boolean;
  /** Norms before the attention output and before the down projection (attn_sub_norm, ffn_sub_norm). Default false. */
  readonly subNorms?: boolean;
  /** With int8 activations each linear layer normalises its input by an RMSNorm without gain first. Default false. */
  readonly linearNorm?: boolean;
  /** Of the gate. */
  readonly activation: 'silu' | 'squared-relu';
}

/** Everything that the graph depends on. */
export interface DecoderConfig extends ModelShape {
  readonly traits: DecoderTraits;
  readonly ffnSize: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly epsilon: number;
  readonly ropeBase: number;
  readonly ropeScaling: RopeScaling | undefined;
  /** Clip of q, k and v; undefined for none. */
  readonly qkvLimit: number | undefined;
  /** True when the file has no output.weight: the head is the embedding. */
  readonly tiedHead: boolean;
}

// Far above any known model; keeps products of two sizes exact and allocations sane.
const MAX_SIZE = 2 ** 20;

const EPSILON_KEYS = { rms: 'layer_norm_rms_epsilon', layer: 'layer_norm_epsilon' } as const;

/** @throws EngineError 'bad-file' for a missing or unusable key, 'unsupported-model' for unsupported options */
export function readDecoderConfig(file: GgufFile, traits: DecoderTraits): DecoderConfig {
  const { fields } = file;
  const prefix = fields.string('general.architecture');
  const size = (key: string) => fields.uniformInteger(`${prefix}.${key}`, { min: 1, max: MAX_SIZE });
  const hiddenSize = size('embedding_length');
  const heads = size('attention.head_count');
  const kvHeads =
    fields.optionalUniformInteger(`${prefix}.attention.head_count_kv`, { min: 1, max: MAX_SIZE }) ?? heads;
  const headDim = readHeadDim(file, prefix, hiddenSize, heads);
  if (heads % kvHeads !== 0)
    throw bad(file, `head_count ${heads} is not a multiple of head_count_kv ${kvHeads}`);
  const embedding = file.tensors.find((tensor) => tensor.name === 'token_embd.weight');
  const contextLength = size('context_length');
  const limit = fields.optionalFloat(`${prefix}.attention.clamp_kqv`) ?? 0;
  return {
    traits,
    layers: size('block_count'),
    hiddenSize,
    ffnSize: size('feed_forward_length'),
    heads,
    kvHeads,
    headDim,
    vocabularySize: embedding?.dims[1] ?? size('vocab_size'),
    contextLength,
    epsilon: fields.float(`${prefix}.attention.${EPSILON_KEYS[traits.norm ?? 'rms']}`),
    ropeBase: fields.optionalFloat(`${prefix}.rope.freq_base`) ?? 10000,
    ropeScaling: readRopeScaling(file, prefix, contextLength),
    qkvLimit: limit > 0 ? limit : undefined,
    tiedHead: !file.tensors.some((tensor) => tensor.name === 'output.weight'),
  };
}

// The number of rows of attn_q over the heads is what the file really has; hidden size over heads is only a habit.
function readHeadDim(file: GgufFile, prefix: string, hiddenSize: number, heads: number): number {
  const range = { min: 2, max: 1024 };
  const optional = (key: string) => file.fields.optionalInteger(`${prefix}.${key}`, range);
  const rotated = optional('rope.dimension_count');
  const queryRows = file.tensors.find((tensor) => tensor.name === 'blk.0.attn_q.weight')?.dims[1];
  const headDim = optional('attention.key_length') ?? (queryRows ?? hiddenSize) / heads;
  if (!Number.isInteger(headDim) || headDim % 2 !== 0)
    throw bad(file, `the head dimension of ${heads} heads is ${headDim}, not an even integer`);
  if ((optional('attention.value_length') ?? headDim) !== headDim)
    throw unsupported(file, `${prefix}.attention.value_length`, 'values of another length than keys');
  if ((rotated ?? headDim) !== headDim)
    throw unsupported(
      file,
      `${prefix}.rope.dimension_count`,
      `rotation of ${rotated} of ${headDim} dimensions`,
    );
  return headDim;
}

function bad(file: GgufFile, what: string): EngineError {
  return new EngineError('bad-file', `${file.name}: ${what}. Use another conversion of the model.`, {
    details: { file: file.name },
  });
}

function unsupported(file: GgufFile, field: string, what: string): EngineError {
  return new EngineError(
    'unsupported-model',
    `${file.name} asks for ${what} (metadata key ${field}), which is not supported. Choose another model.`,
    { details: { file: file.name, field } },
  );
}
