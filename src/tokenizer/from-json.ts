// Builds a byte-level BPE tokenizer from Hugging Face's tokenizer.json and tokenizer_config.json.
// A vocabulary of raw bytes is the same kind: 256 byte-mapped tokens and an empty list of merges.

import { EngineError } from '../errors.ts';
import { isRecord, type JsonRecord } from '../util/json.ts';
import { type BpeSpec, BpeTokenizer } from './bpe-tokenizer.ts';
import { parsePretokenizer } from './json-pretokenizer.ts';
import { type JsonTokenizerFiles, readJsonVocabulary } from './json-vocabulary.ts';

export type { JsonTokenizerFiles } from './json-vocabulary.ts';

/** A tokenizer with what a converter needs of it. */
export interface JsonTokenizer {
  readonly tokenizer: BpeTokenizer;
  /** What the tokenizer was built from. */
  readonly spec: BpeSpec;
  /** Name for `tokenizer.ggml.pre`, or null when GGUF has none for it. */
  readonly ggufPretokenizer: string | null;
  readonly padId: number | null;
  readonly chatTemplate: string | null;
}

/**
 * Builds the tokenizer.
 * @throws EngineError 'bad-file' for malformed files, 'unsupported-model' for parts that are not byte-level BPE
 */
export function tokenizerFromJson(files: JsonTokenizerFiles): JsonTokenizer {
  const { fileName } = files;
  const { root, model, vocabulary } = readJsonVocabulary(files);
  checkModel(model, fileName);
  const { passes, ggufName } = parsePretokenizer(root.pre_tokenizer, fileName);
  const spec: BpeSpec = {
    ...vocabulary,
    passes,
    ignoreMerges: model.ignore_merges === true,
    nfc: parseNormalizer(root.normalizer, fileName),
  };
  return {
    tokenizer: new BpeTokenizer(spec),
    spec,
    // Without merges every byte is a token, however words are cut.
    ggufPretokenizer: ggufName ?? (spec.merges.length === 0 ? 'gpt-2' : null),
    padId: vocabulary.padId,
    chatTemplate: vocabulary.chatTemplate,
  };
}

function checkModel(model: JsonRecord, fileName: string): void {
  const unset = ['unk_token', 'continuing_subword_prefix', 'end_of_word_suffix'];
  const isPlain = unset.every((key) => model[key] === undefined || model[key] === null || model[key] === '');
  if (model.type === 'BPE' && model.byte_fallback !== true && isPlain) return;
  throw new EngineError(
    'unsupported-model',
    `${fileName}/tokenizer.json has a model of type ${String(model.type)}; expected byte-level BPE without byte fallback, unknown token or word affixes. Use another model.`,
    { details: { file: fileName, field: 'model' } },
  );
}

function parseNormalizer(value: unknown, fileName: string): boolean {
  if (value === null || value === undefined) return false;
  if (isRecord(value) && value.type === 'NFC') return true;
  if (isRecord(value) && value.type === 'Sequence' && Array.isArray(value.normalizers)) {
    return value.normalizers.map((part: unknown) => parseNormalizer(part, fileName)).includes(true);
  }
  throw new EngineError(
    'unsupported-model',
    `${fileName}/tokenizer.json has the normalizer ${JSON.stringify(value).slice(0, 80)}; expected none or NFC. Use another model.`,
    { details: { file: fileName, field: 'normalizer' } },
  );
}
