// The token list of a GGUF file with its types and special ids: what all tokenizer kinds share.

import { EngineError } from '../errors.ts';
import type { MetadataFields } from '../util/metadata-fields.ts';
import { END_TEXTS, findEndIds } from './end-tokens.ts';
import type { SpecialToken } from './special-tokens.ts';

const TYPE_UNKNOWN = 2;
const TYPE_CONTROL = 3;
const TYPE_USER_DEFINED = 4;
const TYPE_UNUSED = 5;

/** What `tokenizer.ggml.*` says of tokens, whatever the kind of tokenizer. */
export interface GgufVocabulary {
  readonly tokens: readonly string[];
  /** Control (including unknown) and user-defined tokens. */
  readonly specialTokens: readonly SpecialToken[];
  /** Ids that never stand for text. */
  readonly unusedIds: ReadonlySet<number>;
  readonly bosId: number | null;
  readonly eosId: number | null;
  readonly unknownId: number | null;
  readonly endIds: ReadonlySet<number>;
  /** Null when the file does not say. */
  readonly addBos: boolean | null;
}

/** Ids to assume where the file names none. */
export interface DefaultIds {
  readonly bosId: number | null;
  readonly eosId: number | null;
  readonly unknownId: number | null;
}

/** @throws EngineError 'bad-file' when keys are missing or inconsistent */
export function readGgufVocabulary(
  fields: MetadataFields,
  fileName: string,
  defaults: DefaultIds,
): GgufVocabulary {
  const tokens = fields.strings('tokenizer.ggml.tokens');
  const types = fields.optionalIntegers('tokenizer.ggml.token_type');
  if (types !== null && types.length !== tokens.length) {
    throw new EngineError(
      'bad-file',
      `${fileName} has ${tokens.length} tokens but ${types.length} token types; expected the same number. Use another conversion of the model.`,
      { details: { file: fileName, field: 'tokenizer.ggml.token_type' } },
    );
  }
  const { specialTokens, unusedIds } = classifyTokens(tokens, types);
  const id = (key: string): number | null =>
    fields.optionalInteger(`tokenizer.ggml.${key}`, { min: 0, max: tokens.length - 1 });
  const eosId = id('eos_token_id') ?? defaults.eosId;
  const controlIds = new Map(specialTokens.filter(({ control }) => control).map((t) => [t.text, t.id]));
  return {
    tokens,
    specialTokens,
    unusedIds,
    bosId: id('bos_token_id') ?? defaults.bosId,
    eosId,
    unknownId: id('unknown_token_id') ?? defaults.unknownId,
    endIds: findEndIds(controlIds, [eosId, id('eot_token_id'), id('eom_token_id')]),
    addBos: fields.optionalBoolean('tokenizer.ggml.add_bos_token'),
  };
}

function classifyTokens(
  tokens: readonly string[],
  types: ArrayLike<number> | null,
): { specialTokens: SpecialToken[]; unusedIds: Set<number> } {
  const specialTokens: SpecialToken[] = [];
  const unusedIds = new Set<number>();
  if (types === null) return { specialTokens, unusedIds };
  const endTexts = new Set<string>(END_TEXTS);
  for (let id = 0; id < tokens.length; id++) {
    const type = types[id];
    if (type === TYPE_UNUSED) unusedIds.add(id);
    // Some conversions declare end tokens as user-defined; a person who writes one must not end the turn with it.
    const isEnd = type === TYPE_USER_DEFINED && endTexts.has(tokens[id]);
    const control = type === TYPE_CONTROL || type === TYPE_UNKNOWN || isEnd;
    if (control || type === TYPE_USER_DEFINED) {
      specialTokens.push({ id, text: tokens[id], control, stripLeft: false, stripRight: false });
    }
  }
  return { specialTokens, unusedIds };
}
