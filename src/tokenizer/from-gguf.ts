// Builds a byte-level BPE tokenizer from GGUF metadata (`tokenizer.ggml.model` = `gpt2`).
// Follows llama.cpp, which applies no normalisation to GGUF vocabularies.

import { EngineError } from '../errors.ts';
import type { MetadataFields } from '../util/metadata-fields.ts';
import { BpeTokenizer } from './bpe-tokenizer.ts';
import { findEndIds } from './end-tokens.ts';
import { findPretokenizer, type Pretokenizer } from './pretokenizers.ts';
import type { SpecialToken } from './special-tokens.ts';

const TYPE_UNKNOWN = 2;
const TYPE_CONTROL = 3;
const TYPE_USER_DEFINED = 4;
const TYPE_UNUSED = 5;

/** Vocabulary size of Llama 3, which the published BitNet 2B files use without naming a pre-tokenizer. */
const LLAMA3_VOCABULARY_SIZE = 128256;

/**
 * Builds the tokenizer.
 * @param fileName for messages
 * @throws EngineError 'bad-file' when keys are missing or inconsistent, 'unsupported-model' for an unknown pre-tokenizer
 */
export function bpeFromGguf(fields: MetadataFields, fileName: string): BpeTokenizer {
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
  const pretokenizer = choosePretokenizer(fields, tokens.length, fileName);
  const id = (key: string): number | null =>
    fields.optionalInteger(`tokenizer.ggml.${key}`, { min: 0, max: tokens.length - 1 });
  const bosId = id('bos_token_id');
  const eosId = id('eos_token_id');
  const controlIds = new Map(specialTokens.filter(({ control }) => control).map((t) => [t.text, t.id]));
  return new BpeTokenizer({
    tokens,
    specialTokens,
    unusedIds,
    merges: fields.strings('tokenizer.ggml.merges'),
    passes: pretokenizer.passes,
    ignoreMerges: pretokenizer.ignoreMerges,
    nfc: false,
    bosId,
    eosId,
    endIds: findEndIds(controlIds, [eosId, id('eot_token_id'), id('eom_token_id')]),
    addBosByDefault: fields.optionalBoolean('tokenizer.ggml.add_bos_token') ?? pretokenizer.addBos,
  });
}

function classifyTokens(
  tokens: readonly string[],
  types: ArrayLike<number> | null,
): { specialTokens: SpecialToken[]; unusedIds: Set<number> } {
  const specialTokens: SpecialToken[] = [];
  const unusedIds = new Set<number>();
  if (types === null) return { specialTokens, unusedIds };
  for (let id = 0; id < tokens.length; id++) {
    const type = types[id];
    if (type === TYPE_UNUSED) unusedIds.add(id);
    const control = type === TYPE_CONTROL || type === TYPE_UNKNOWN;
    if (control || type === TYPE_USER_DEFINED) {
      specialTokens.push({ id, text: tokens[id], control, stripLeft: false, stripRight: false });
    }
  }
  return { specialTokens, unusedIds };
}

function choosePretokenizer(fields: MetadataFields, vocabularySize: number, fileName: string): Pretokenizer {
  const name = fields.optionalString('tokenizer.ggml.pre');
  if (name !== null) return findPretokenizer(name, fileName);
  const isBitnet = fields.optionalString('general.architecture')?.startsWith('bitnet') ?? false;
  const isLlama3 = isBitnet && vocabularySize === LLAMA3_VOCABULARY_SIZE;
  return findPretokenizer(isLlama3 ? 'llama-bpe' : 'default', fileName);
}
