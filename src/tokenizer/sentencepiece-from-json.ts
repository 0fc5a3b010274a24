// Builds a SentencePiece tokenizer from a tokenizer.json whose BPE model falls back to bytes (Llama 2 and its kin).

import { EngineError } from '../errors.ts';
import { isRecord, type JsonRecord } from '../util/json.ts';
import { type JsonTokenizerFiles, readJsonVocabulary } from './json-vocabulary.ts';
import { SPACE_MARK } from './sentencepiece.ts';
import {
  type SentencePieceSpec,
  SentencePieceTokenizer,
  type SpacePrefix,
} from './sentencepiece-tokenizer.ts';

/** A SentencePiece tokenizer with what a converter needs of it. */
export interface JsonSentencePiece {
  readonly tokenizer: SentencePieceTokenizer;
  /** What the tokenizer was built from. */
  readonly spec: SentencePieceSpec;
  readonly padId: number | null;
  readonly chatTemplate: string | null;
}

const NO_PREFIX: SpacePrefix = { where: 'nowhere', unlessSpace: false };

/**
 * Builds the tokenizer.
 * @throws EngineError 'bad-file' for malformed files, 'unsupported-model' for normalisers, pre-tokenizers and model
 *   options that SentencePiece vocabularies do not have
 */
export function sentencePieceFromJson(files: JsonTokenizerFiles): JsonSentencePiece {
  const { root, model, vocabulary } = readJsonVocabulary(files);
  checkModel(model, files.fileName);
  const spec: SentencePieceSpec = {
    ...vocabulary,
    merges: { kind: 'ranks', merges: vocabulary.merges },
    unknownId: findUnknown(model, vocabulary.tokens),
    fuseUnknown: model.fuse_unk === true,
    spacePrefix: parseSpaces(root, files.fileName),
    dropFirstSpace: dropsFirstSpace(root.decoder),
  };
  return {
    tokenizer: new SentencePieceTokenizer(spec),
    spec,
    padId: vocabulary.padId,
    chatTemplate: vocabulary.chatTemplate,
  };
}

function checkModel(model: JsonRecord, fileName: string): void {
  const unset = ['continuing_subword_prefix', 'end_of_word_suffix'];
  const isPlain = unset.every((key) => model[key] === undefined || model[key] === null || model[key] === '');
  if (model.type === 'BPE' && model.byte_fallback === true && model.ignore_merges !== true && isPlain) return;
  throw unsupported(fileName, 'model', model.type, 'BPE with byte fallback and without word affixes');
}

function findUnknown(model: JsonRecord, tokens: readonly string[]): number | null {
  if (typeof model.unk_token !== 'string') return null;
  const id = tokens.indexOf(model.unk_token);
  return id < 0 ? null : id;
}

/** Spaces become U+2581 by a normaliser (Llama 2) or by a pre-tokenizer (its newer form); either may add one in front. */
function parseSpaces(root: JsonRecord, fileName: string): SpacePrefix {
  const fromMetaspace = parseMetaspace(root.pre_tokenizer, fileName);
  let prefix = fromMetaspace ?? NO_PREFIX;
  let replaces = fromMetaspace !== null;
  for (const step of stepsOf(root.normalizer, 'normalizers')) {
    if (isRecord(step) && step.type === 'Prepend' && step.prepend === SPACE_MARK) {
      prefix = { where: 'fragments', unlessSpace: false };
    } else if (isRecord(step) && step.type === 'Replace' && isSpaceReplacement(step)) {
      replaces = true;
    } else throw unsupported(fileName, 'normalizer', step, `Prepend ${SPACE_MARK} and Replace of the space`);
  }
  if (!replaces)
    throw unsupported(fileName, 'normalizer', null, `a step that writes spaces as ${SPACE_MARK}`);
  return prefix;
}

function parseMetaspace(value: unknown, fileName: string): SpacePrefix | null {
  if (value === null || value === undefined) return null;
  const expected = 'none, or Metaspace that does not split';
  if (!isRecord(value) || value.type !== 'Metaspace' || value.split !== false) {
    throw unsupported(fileName, 'pre_tokenizer', value, expected);
  }
  if (value.replacement !== SPACE_MARK) throw unsupported(fileName, 'pre_tokenizer', value, expected);
  switch (value.prepend_scheme ?? 'always') {
    case 'never':
      return NO_PREFIX;
    case 'first':
      return { where: 'start', unlessSpace: true };
    case 'always':
      return { where: 'fragments', unlessSpace: true };
    default:
      throw unsupported(fileName, 'pre_tokenizer', value, expected);
  }
}

function isSpaceReplacement(step: JsonRecord): boolean {
  return isRecord(step.pattern) && step.pattern.String === ' ' && step.content === SPACE_MARK;
}

function dropsFirstSpace(decoder: unknown): boolean {
  return stepsOf(decoder, 'decoders').some(
    (step) =>
      isRecord(step) &&
      ((step.type === 'Strip' && step.content === ' ' && Number(step.start) > 0) ||
        (step.type === 'Metaspace' && step.prepend_scheme !== 'never')),
  );
}

/** The steps of a Sequence, the one step itself, or none. */
function stepsOf(value: unknown, key: string): readonly unknown[] {
  if (value === null || value === undefined) return [];
  if (!isRecord(value) || value.type !== 'Sequence') return [value];
  const steps = value[key];
  return Array.isArray(steps) ? steps : [value];
}

function unsupported(fileName: string, field: string, value: unknown, expected: string): EngineError {
  return new EngineError(
    'unsupported-model',
    `${fileName}/tokenizer.json has the ${field} ${JSON.stringify(value)?.slice(0, 120)}; expected ${expected}. Use another model.`,
    { details: { file: fileName, field } },
  );
}
