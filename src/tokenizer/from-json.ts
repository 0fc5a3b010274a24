// Builds a byte-level BPE tokenizer from Hugging Face's tokenizer.json and tokenizer_config.json.
// Format: https://github.com/huggingface/tokenizers

import { EngineError } from '../errors.ts';
import { isRecord, type JsonRecord, parseJsonRecord } from '../util/json.ts';
import { type BpeSpec, BpeTokenizer } from './bpe-tokenizer.ts';
import { findEndIds } from './end-tokens.ts';
import { parsePretokenizer } from './json-pretokenizer.ts';
import type { SpecialToken } from './special-tokens.ts';

/** The text side of a Hugging Face checkpoint. */
export interface JsonTokenizerFiles {
  readonly tokenizerJson: string;
  /** Null when the checkpoint has no tokenizer_config.json. */
  readonly tokenizerConfigJson: string | null;
  /** For messages. */
  readonly fileName: string;
}

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
  const root = parseJsonRecord(files.tokenizerJson, `${fileName}/tokenizer.json`);
  const config =
    files.tokenizerConfigJson === null
      ? {}
      : parseJsonRecord(files.tokenizerConfigJson, `${fileName}/tokenizer_config.json`);
  const model = isRecord(root.model) ? root.model : {};
  checkModel(model, fileName);
  const specialTokens = parseAddedTokens(root.added_tokens, fileName);
  const tokens = collectTokens(model.vocab, specialTokens, fileName);
  const { passes, ggufName } = parsePretokenizer(root.pre_tokenizer, fileName);
  const idOfText = new Map(specialTokens.map(({ text, id }) => [text, id]));
  const controlIds = new Map(specialTokens.filter(({ control }) => control).map((t) => [t.text, t.id]));
  const idOf = (key: string): number | null => idOfText.get(tokenText(config[key]) ?? '') ?? null;
  const bosId = idOf('bos_token');
  const eosId = idOf('eos_token');
  const spec: BpeSpec = {
    tokens,
    specialTokens,
    unusedIds: new Set([...tokens.keys()].filter((id) => tokens[id] === '')),
    merges: parseMerges(model.merges, fileName),
    passes,
    ignoreMerges: model.ignore_merges === true,
    nfc: parseNormalizer(root.normalizer, fileName),
    bosId,
    eosId,
    endIds: findEndIds(controlIds, [eosId]),
    addBosByDefault:
      typeof config.add_bos_token === 'boolean'
        ? config.add_bos_token
        : addsBos(root.post_processor, bosId, idOfText),
  };
  const chatTemplate = typeof config.chat_template === 'string' ? config.chat_template : null;
  return {
    tokenizer: new BpeTokenizer(spec),
    spec,
    ggufPretokenizer: ggufName,
    padId: idOf('pad_token'),
    chatTemplate,
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

function parseNormalizer(value: unknown, fileName: string): boolean {
  if (value === null || value === undefined) return false;
  if (isRecord(value) && value.type === 'NFC') return true;
  throw new EngineError(
    'unsupported-model',
    `${fileName}/tokenizer.json has the normalizer ${JSON.stringify(value).slice(0, 80)}; expected none or NFC. Use another model.`,
    { details: { file: fileName, field: 'normalizer' } },
  );
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

function malformed(fileName: string, field: string, expected: string): EngineError {
  return new EngineError(
    'bad-file',
    `${fileName}/tokenizer.json is malformed: ${field} is not what it should be; expected ${expected}. Download the file again.`,
    { details: { file: fileName, field } },
  );
}
