// Builds a SentencePiece tokenizer from GGUF metadata (`tokenizer.ggml.model` = `llama`). Follows llama.cpp.

import { EngineError } from '../errors.ts';
import type { MetadataFields } from '../util/metadata-fields.ts';
import { readGgufVocabulary } from './gguf-vocabulary.ts';
import { SentencePieceTokenizer } from './sentencepiece-tokenizer.ts';

/** Special ids of Llama 2, which files leave out when they have them. */
const LLAMA_IDS = { bosId: 1, eosId: 2, unknownId: 0 };

/**
 * Builds the tokenizer.
 * @param fileName for messages
 * @throws EngineError 'bad-file' when keys are missing or inconsistent
 */
export function sentencePieceFromGguf(fields: MetadataFields, fileName: string): SentencePieceTokenizer {
  const vocabulary = readGgufVocabulary(fields, fileName, LLAMA_IDS);
  const { tokens } = vocabulary;
  const scores = fields.optionalFloats('tokenizer.ggml.scores');
  if (scores?.length !== tokens.length) {
    throw new EngineError(
      'bad-file',
      `${fileName} has ${tokens.length} tokens but ${scores?.length ?? 'no'} scores; expected the same number. Use another conversion of the model.`,
      { details: { file: fileName, field: 'tokenizer.ggml.scores' } },
    );
  }
  const hasPrefix = fields.optionalBoolean('tokenizer.ggml.add_space_prefix') ?? true;
  const inRange = (id: number | null): number | null => (id !== null && id < tokens.length ? id : null);
  return new SentencePieceTokenizer({
    ...vocabulary,
    bosId: inRange(vocabulary.bosId),
    eosId: inRange(vocabulary.eosId),
    unknownId: inRange(vocabulary.unknownId),
    merges: { kind: 'scores', scores },
    fuseUnknown: true,
    spacePrefix: { where: hasPrefix ? 'fragments' : 'nowhere', unlessSpace: false },
    dropFirstSpace: hasPrefix,
    addBosByDefault: vocabulary.addBos ?? true,
  });
}
