// Registry of tokenizer kinds by `tokenizer.ggml.model`: one line each.

import { EngineError } from '../errors.ts';
import type { MetadataFields } from '../util/metadata-fields.ts';
import { bpeFromGguf } from './from-gguf.ts';
import { sentencePieceFromGguf } from './sentencepiece-from-gguf.ts';
import type { Tokenizer } from './tokenizer.ts';

type TokenizerBuilder = (fields: MetadataFields, fileName: string) => Tokenizer;

const BUILDERS: ReadonlyMap<string, TokenizerBuilder> = new Map<string, TokenizerBuilder>([
  ['gpt2', bpeFromGguf],
  ['llama', sentencePieceFromGguf],
]);

/** What a GGUF file says of its text side. */
export interface GgufTokenizer {
  readonly tokenizer: Tokenizer;
  /** Jinja source of the chat template, or null. */
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
}): GgufTokenizer {
  const model = file.fields.string('tokenizer.ggml.model');
  const build = BUILDERS.get(model);
  if (build === undefined) {
    throw new EngineError(
      'unsupported-model',
      `${file.name} has a tokenizer of kind ${model}, which is not supported; expected ${[...BUILDERS.keys()].join(', ')}. Use another model.`,
      { details: { file: file.name, field: 'tokenizer.ggml.model', value: model } },
    );
  }
  return {
    tokenizer: build(file.fields, file.name),
    chatTemplate: file.fields.optionalString('tokenizer.chat_template'),
  };
}
