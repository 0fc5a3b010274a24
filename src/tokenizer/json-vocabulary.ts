// The parts of tokenizer.json and tokenizer_config.json that all tokenizer kinds share: vocabulary, added tokens,
// special ids, chat template. Format: https://github.com/huggingface/tokenizers

import { EngineError } from '../errors.ts';
import { isRecord, type JsonRecord, parseJsonRecord } from '../util/json.ts';
import { findEndIds } from './end-tokens.ts';
import type { SpecialToken } from './special-tokens.ts';

/** The text side of a Hugging Face checkpoint. */
export interface JsonTokenizerFiles {
  readonly tokenizerJson: string;
  /** Null when the checkpoint has no tokenizer_config.json. */
  readonly tokenizerConfigJson: string | null;
  /** For messages. */
  readonly fileName: string;
}

/** What the two files say, whatever the kind of tokenizer. */
export interface JsonVocabulary {
  readonly tokens: readonly string[];
  readonly specialTokens: readonly SpecialToken[];
  /** Ids without a text. */
  readonly unusedIds: ReadonlySet<number>;
  /** "left right", in rank order. */
  readonly merges: readonly string[];
  readonly bosId: number | null;
  readonly eosId: number | null;
  readonly padId: number | null;
  readonly endIds: ReadonlySet<number>;
  readonly addBosByDefault: boolean;
  readonly chatTemplate: string | null;
}

/** The parsed tokenizer.json, its `model`, and the vocabulary. */
export interface ParsedJsonTokenizer {
  readonly root: JsonRecord;
  readonly model: JsonRecord;
  readonly vocabulary: JsonVocabulary;
}

/**
 * Reads both files.
 * @throws EngineError 'bad-file' for malformed files, 'unsupported-model' for added tokens that match single words only
 */
export function readJsonVocabulary(files: JsonTokenizerFiles): ParsedJsonTokenizer {
  const { fileName } = files;
  const root = parseJsonRecord(files.tokenizerJson, `${fileName}/tokenizer.json`);
  const config =
    files.tokenizerConfigJson === null
      ? {}
      : parseJsonRecord(files.tokenizerConfigJson, `${fileName}/tokenizer_config.json`);
  const model = isRecord(root.model) ? root.model : {};
  const specialTokens = parseAddedTokens(root.added_tokens, fileName);
  const tokens = collectTokens(model.vocab, specialTokens, fileName);
  const idOfText = new Map(specialTokens.map(({ text, id }) => [text, id]));
  const controlIds = new Map(specialTokens.filter(({ control }) => control).map((t) => [t.text, t.id]));
  const idOf = (key: string): number | null => idOfText.get(tokenText(config[key]) ?? '') ?? null;
  const bosId = idOf('bos_token');
  const eosId = idOf('eos_token');
  const vocabulary: JsonVocabulary = {
    tokens,
    specialTokens,
    unusedIds: new Set([...tokens.keys()].filter((id) => tokens[id] === '')),
    merges: parseMerges(model.merges, fileName),
    bosId,
    eosId,
    padId: idOf('pad_token'),
    endIds: findEndIds(controlIds, [eosId]),
    addBosByDefault:
      typeof config.add_bos_token === 'boolean'
        ? config.add_bos_token
        : addsBos(root.post_processor, bosId, idOfText),
    chatTemplate: parseChatTemplate(config.chat_template),
  };
  return { root, model, vocabulary };
}

/** One template, or the one named `default` of several. */
function parseChatTemplate(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return null;
  const named: unknown = value.find((entry: unknown) => isRecord(entry) && entry.name === 'default');
  return isRecord(named) && typeof named.template === 'string' ? named.template : null;
}

function parseAddedTokens(value: unknown, fileName: string): SpecialToken[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw malformed(fileName, 'added_tokens', 'an array');
  return value.map((entry: unknown) => {
    if (!isRecord(entry) || typeof entry.content !== 'string' || !isId(entry.id)) {
      throw malformed(fileName, 'added_tokens', 'records with content and id');
    }
    if (entry.single_word === true) {
      throw new EngineError(
        'unsupported-model',
        `Token ${entry.content} of ${fileName}/tokenizer.json matches single words only, which is not supported. Use another model.`,
        { details: { file: fileName, field: 'added_tokens' } },
      );
    }
    return {
      id: entry.id,
      text: entry.content,
      control: entry.special === true,
      stripLeft: entry.lstrip === true,
      stripRight: entry.rstrip === true,
    };
  });
}

/** Largest id that is believed; larger ones would only serve to allocate memory. */
const MAX_TOKEN_ID = 2 ** 24;

function isId(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < MAX_TOKEN_ID;
}

function collectTokens(vocab: unknown, added: readonly SpecialToken[], fileName: string): string[] {
  if (!isRecord(vocab)) throw malformed(fileName, 'model.vocab', 'a record of text to id');
  const entries: [string, unknown][] = Object.entries(vocab);
  for (const { text, id } of added) entries.push([text, id]);
  let size = 0;
  for (const [text, id] of entries) {
    if (!isId(id)) throw malformed(fileName, `model.vocab[${JSON.stringify(text)}]`, 'an id');
    size = Math.max(size, id + 1);
  }
  if (size > 2 * entries.length + 65536) throw malformed(fileName, 'model.vocab', 'ids without large holes');
  const tokens = new Array<string>(size).fill('');
  for (const [text, id] of entries) tokens[Number(id)] = text;
  return tokens;
}

function parseMerges(value: unknown, fileName: string): string[] {
  if (!Array.isArray(value)) throw malformed(fileName, 'model.merges', 'an array');
  return value.map((merge: unknown) => {
    if (typeof merge === 'string') return merge;
    if (Array.isArray(merge) && merge.length === 2) return `${String(merge[0])} ${String(merge[1])}`;
    throw malformed(fileName, 'model.merges', 'texts or pairs of texts');
  });
}

/** Whether a post-processor puts BOS in front of a single text. */
function addsBos(value: unknown, bosId: number | null, idOfText: ReadonlyMap<string, number>): boolean {
  if (!isRecord(value) || bosId === null) return false;
  if (Array.isArray(value.processors)) return value.processors.some((part) => addsBos(part, bosId, idOfText));
  const first: unknown = Array.isArray(value.single) ? value.single[0] : null;
  if (!isRecord(first) || !isRecord(first.SpecialToken)) return false;
  return idOfText.get(String(first.SpecialToken.id)) === bosId;
}

/** A token of tokenizer_config.json: its text, or a record with `content`. */
function tokenText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return isRecord(value) && typeof value.content === 'string' ? value.content : null;
}

/** The error for a part of tokenizer.json that has the wrong form. */
export function malformed(fileName: string, field: string, expected: string): EngineError {
  return new EngineError(
    'bad-file',
    `${fileName}/tokenizer.json is malformed: ${field} is not what it should be; expected ${expected}. Download the file again.`,
    { details: { file: fileName, field } },
  );
}
