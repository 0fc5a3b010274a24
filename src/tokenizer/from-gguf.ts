// Builds a byte-level BPE tokenizer from GGUF metadata (`tokenizer.ggml.model` = `gpt2`).
// Follows llama.cpp, which applies no normalisation to GGUF vocabularies.
// A vocabulary of raw bytes is the same kind: 256 byte-mapped tokens and an empty list of merges.

import type { MetadataFields } from '../util/metadata-fields.ts';
import { BpeTokenizer } from './bpe-tokenizer.ts';
import { readGgufVocabulary } from './gguf-vocabulary.ts';
import { findPretokenizer, type Pretokenizer } from './pretokenizers.ts';

/** Vocabulary size of Llama 3, which the published BitNet 2B files use without naming a pre-tokenizer. */
const LLAMA3_VOCABULARY_SIZE = 128256;

/**
 * Builds the tokenizer.
 * @param fileName for messages
 * @throws EngineError 'bad-file' when keys are missing or inconsistent, 'unsupported-model' for an unknown pre-tokenizer
 */
export function bpeFromGguf(fields: MetadataFields, fileName: string): BpeTokenizer {
  const vocabulary = readGgufVocabulary(fields, fileName, { bosId: null, eosId: null, unknownId: null });
  const pretokenizer = choosePretokenizer(fields, vocabulary.tokens.length, fileName);
  return new BpeTokenizer({
    ...vocabulary,
    merges: fields.strings('tokenizer.ggml.merges'),
    passes: pretokenizer.passes,
    ignoreMerges: pretokenizer.ignoreMerges,
    nfc: false,
    addBosByDefault: vocabulary.addBos ?? pretokenizer.addBos,
  });
}

function choosePretokenizer(fields: MetadataFields, vocabularySize: number, fileName: string): Pretokenizer {
  const name = fields.optionalString('tokenizer.ggml.pre');
  if (name !== null) return findPretokenizer(name, fileName);
  const isBitnet = fields.optionalString('general.architecture')?.startsWith('bitnet') ?? false;
  const isLlama3 = isBitnet && vocabularySize === LLAMA3_VOCABULARY_SIZE;
  return findPretokenizer(isLlama3 ? 'llama-bpe' : 'default', fileName);
}
