// bitnet-b1.58: sizes and constants from GGUF metadata.
// Sources: Hugging Face models/bitnet/configuration_bitnet.py; the keys of microsoft/bitnet-b1.58-2B-4T-gguf.
import { EngineError } from '../../errors.ts';
import type { GgufFile } from '../../gguf/reader.ts';
import type { ModelShape } from '../architecture.ts';

/** Names of this architecture; `bitnet-25` is an earlier upload of the same model. */
export const NAMES = ['bitnet-b1.58', 'bitnet-25'] as const;

/** Everything that the graph depends on. */
export interface BitnetConfig extends ModelShape {
  readonly ffnSize: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly epsilon: number;
  readonly ropeBase: number;
  /** True when the file has no output.weight: the head is the embedding. */
  readonly tiedHead: boolean;
}

// Far above any known model; keeps products of two sizes exact and allocations sane.
const MAX_SIZE = 2 ** 20;

/** @throws EngineError 'bad-file' for a missing or unusable key, 'unsupported-model' for unsupported options */
export function readConfig(file: GgufFile): BitnetConfig {
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
  if (headDim % 2 !== 0) throw bad(file, `head dimension ${headDim} is odd`);
  const scaling = fields.optionalString(`${prefix}.rope.scaling.type`) ?? 'none';
  if (scaling !== 'none') {
    throw new EngineError(
      'unsupported-model',
      `${file.name} asks for rope scaling "${scaling}"; architecture ${prefix} supports none. Use a file without scaling.`,
      { details: { file: file.name, field: `${prefix}.rope.scaling.type` } },
    );
  }
  const embedding = file.tensors.find((tensor) => tensor.name === 'token_embd.weight');
  return {
    layers: size('block_count'),
    hiddenSize,
    ffnSize: size('feed_forward_length'),
    heads,
    kvHeads,
    headDim,
    vocabularySize: embedding?.dims[1] ?? size('vocab_size'),
    contextLength: size('context_length'),
    epsilon: fields.float(`${prefix}.attention.layer_norm_rms_epsilon`),
    ropeBase: fields.optionalFloat(`${prefix}.rope.freq_base`) ?? 10000,
    tiedHead: !file.tensors.some((tensor) => tensor.name === 'output.weight'),
  };
}

function readHeadDim(file: GgufFile, prefix: string, hiddenSize: number, heads: number): number {
  const range = { min: 2, max: 1024 };
  const fields = file.fields;
  const rotated = fields.optionalInteger(`${prefix}.rope.dimension_count`, range);
  const headDim =
    fields.optionalInteger(`${prefix}.attention.key_length`, range) ?? rotated ?? hiddenSize / heads;
  if (!Number.isInteger(headDim))
    throw bad(file, `embedding_length ${hiddenSize} is not a multiple of head_count ${heads}`);
  if (rotated !== null && rotated !== headDim)
    throw bad(file, `rope.dimension_count ${rotated} is not key_length ${headDim}`);
  return headDim;
}

function bad(file: GgufFile, what: string): EngineError {
  return new EngineError('bad-file', `${file.name}: ${what}. Use another conversion of the model.`, {
    details: { file: file.name },
  });
}
