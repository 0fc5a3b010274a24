// Registry of tokenizer kinds: by `tokenizer.ggml.model` of a GGUF file, or by the model of a tokenizer.json.

import { EngineError } from '../errors.ts';
import { isRecord, parseJsonRecord } from '../util/json.ts';
import type { MetadataFields } from '../util/metadata-fields.ts';
import { chooseChatTemplate } from './chat-format.ts';
import { bpeFromGguf } from './from-gguf.ts';
import { tokenizerFromJson } from './from-json.ts';
import type { JsonTokenizerFiles } from './json-vocabulary.ts';
import { sentencePieceFromGguf } from './sentencepiece-from-gguf.ts';
import { sentencePieceFromJson } from './sentencepiece-from-json.ts';
import type { Tokenizer } from './tokenizer.ts';

type TokenizerBuilder = (fields: MetadataFields, fileName: string) => Tokenizer;

const BUILDERS: ReadonlyMap<string, TokenizerBuilder> = new Map<string, TokenizerBuilder>([
  ['gpt2', bpeFromGguf],
  ['llama', sentencePieceFromGguf],
]);

/** What a model says of its text side. */
export interface ModelTokenizer {
  readonly tokenizer: Tokenizer;
  /** Jinja source of the chat template; null for a model that only completes text. */
  readonly chatTemplate: string | null;
}

/**
 * Builds the tokenizer of a GGUF file.
 * @param file a parsed GGUF file (or anything with its name and fields)
 * @throws EngineError 'unsupported-model' for an unknown tokenizer kind or pre-tokenizer, 'bad-file' when keys are
 *   missing or inconsistent
 */
export function tokenizerFromGguf(file: {
  readonly name: string;
  readonly fields: MetadataFields;
}): ModelTokenizer {
  const model = file.fields.string('tokenizer.ggml.model');
  const build = BUILDERS.get(model);
  if (build === undefined) {
    throw new EngineError(
      'unsupported-model',
      `${file.name} has a tokenizer of kind ${model}, which is not supported; expected ${[...BUILDERS.keys()].join(', ')}. Use another model.`,
      { details: { file: file.name, field: 'tokenizer.ggml.model', value: model } },
    );
  }
  const tokenizer = build(file.fields, file.name);
  const chatTemplate = chooseChatTemplate({
    architecture: file.fields.optionalString('general.architecture'),
    vocabularySize: tokenizer.vocabularySize,
    embedded: file.fields.optionalString('tokenizer.chat_template'),
  });
  return { tokenizer, chatTemplate };
}

/**
 * Builds the tokenizer of a Hugging Face checkpoint: byte-level BPE, raw bytes, or SentencePiece where the model falls
 * back to bytes.
 * @throws EngineError 'bad-file' for malformed files, 'unsupported-model' for other kinds
 */
export function tokenizerOfCheckpoint(files: JsonTokenizerFiles): ModelTokenizer {
  const { model } = parseJsonRecord(files.tokenizerJson, `${files.fileName}/tokenizer.json`);
  const hasByteFallback = isRecord(model) && model.byte_fallback === true;
  const { tokenizer, chatTemplate } = hasByteFallback
    ? sentencePieceFromJson(files)
    : tokenizerFromJson(files);
  return { tokenizer, chatTemplate };
}
