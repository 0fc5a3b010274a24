// GGUF tokenizer keys from the tokenizer.json of a checkpoint.

import { EngineError } from '../errors.ts';
import type { GgufValue } from '../gguf/values.ts';
import { type JsonTokenizer, tokenizerFromJson } from '../tokenizer/from-json.ts';
import type { JsonTokenizerFiles } from '../tokenizer/json-vocabulary.ts';
import { type JsonSentencePiece, sentencePieceFromJson } from '../tokenizer/sentencepiece-from-json.ts';
import { isRecord, parseJsonRecord } from '../util/json.ts';
import { scoresOfMerges } from './piece-scores.ts';

const TYPE_NORMAL = 1;
const TYPE_UNKNOWN = 2;
const TYPE_CONTROL = 3;
const TYPE_USER_DEFINED = 4;
const TYPE_UNUSED = 5;
const TYPE_BYTE = 6;
const BYTE_TOKEN = /^<0x[0-9A-F]{2}>$/;

type JsonSource = JsonTokenizer | JsonSentencePiece;

/**
 * The `tokenizer.*` entries: byte-level BPE, raw bytes, or SentencePiece where the model falls back to bytes.
 * @param vocabularySize rows of the embedding; ids without a token become unused `[PADn]`
 * @param endIds further end ids, from generation_config.json
 * @throws EngineError as the tokenizers; 'unsupported-model' when GGUF has no name for the pre-tokenizer, 'bad-file'
 *   when there are more tokens than embedding rows
 */
export function checkpointTokenizerMetadata(
  files: JsonTokenizerFiles,
  vocabularySize: number,
  endIds: readonly number[],
): [string, GgufValue][] {
  const { fileName } = files;
  const { model } = parseJsonRecord(files.tokenizerJson, `${fileName}/tokenizer.json`);
  if (isRecord(model) && model.byte_fallback === true) {
    const source = sentencePieceFromJson(files);
    checkSize(source, vocabularySize, fileName);
    return [...pieceEntries(source, vocabularySize), ...sharedEntries(source, endIds)];
  }
  const source = tokenizerFromJson(files);
  checkSize(source, vocabularySize, fileName);
  return [
    ['tokenizer.ggml.model', { type: 'string', value: 'gpt2' }],
    ['tokenizer.ggml.pre', { type: 'string', value: pretokenizerName(source, fileName) }],
    ...tokenList(source, vocabularySize, null),
    ['tokenizer.ggml.merges', { type: 'array', elementType: 'string', value: source.spec.merges }],
    ...sharedEntries(source, endIds),
  ];
}

function checkSize({ spec }: JsonSource, vocabularySize: number, fileName: string): void {
  if (spec.tokens.length <= vocabularySize) return;
  throw new EngineError(
    'bad-file',
    `${fileName} has ${spec.tokens.length} tokens but ${vocabularySize} embedding rows; expected no more tokens than rows. Use files of the same model.`,
    { details: { file: fileName, tokens: spec.tokens.length, rows: vocabularySize } },
  );
}

function pieceEntries(source: JsonSentencePiece, vocabularySize: number): [string, GgufValue][] {
  const { spec } = source;
  const merges = spec.merges.kind === 'ranks' ? spec.merges.merges : [];
  const scores = new Float32Array(vocabularySize).fill(-merges.length);
  scores.set(scoresOfMerges(spec.tokens, merges));
  const hasPrefix = spec.spacePrefix.where !== 'nowhere';
  const entries: [string, GgufValue][] = [
    ['tokenizer.ggml.model', { type: 'string', value: 'llama' }],
    ...tokenList(source, vocabularySize, spec.unknownId),
    ['tokenizer.ggml.scores', { type: 'array', elementType: 'f32', value: scores }],
    ['tokenizer.ggml.add_space_prefix', { type: 'bool', value: hasPrefix }],
  ];
  if (spec.unknownId !== null) {
    entries.push(['tokenizer.ggml.unknown_token_id', { type: 'u32', value: spec.unknownId }]);
  }
  return entries;
}

/** Special ids and the chat template. */
function sharedEntries(source: JsonSource, endIds: readonly number[]): [string, GgufValue][] {
  const { spec } = source;
  const entries: [string, GgufValue][] = [];
  const addId = (key: string, id: number | null | undefined): void => {
    if (id !== null && id !== undefined) entries.push([`tokenizer.ggml.${key}`, { type: 'u32', value: id }]);
  };
  const [eot, eom] = endIds.filter((id) => id !== spec.eosId && !spec.endIds.has(id));
  addId('bos_token_id', spec.bosId);
  addId('eos_token_id', spec.eosId);
  addId('eot_token_id', eot ?? spec.eosId);
  addId('eom_token_id', eom);
  addId('padding_token_id', source.padId);
  entries.push(['tokenizer.ggml.add_bos_token', { type: 'bool', value: spec.addBosByDefault }]);
  if (source.chatTemplate !== null) {
    entries.push(['tokenizer.chat_template', { type: 'string', value: source.chatTemplate }]);
  }
  return entries;
}

function pretokenizerName(source: JsonTokenizer, fileName: string): string {
  if (source.ggufPretokenizer !== null) return source.ggufPretokenizer;
  // Without merges every byte is a token, however words are cut.
  if (source.spec.merges.length === 0) return 'gpt-2';
  throw new EngineError(
    'unsupported-model',
    `${fileName} cuts words in a way that GGUF has no name for; expected the pattern of GPT-2, Llama 3, Qwen 2 or Falcon. Use another checkpoint.`,
    { details: { file: fileName } },
  );
}

function tokenList(
  source: JsonSource,
  vocabularySize: number,
  unknownId: number | null,
): [string, GgufValue][] {
  const { tokens, specialTokens, unusedIds } = source.spec;
  const types = new Int32Array(vocabularySize).fill(TYPE_UNUSED);
  types.fill(TYPE_NORMAL, 0, tokens.length);
  if (source.tokenizer.kind === 'sentencepiece') {
    for (const [id, token] of tokens.entries()) if (BYTE_TOKEN.test(token)) types[id] = TYPE_BYTE;
  }
  for (const id of unusedIds) types[id] = TYPE_UNUSED;
  for (const { id, control } of specialTokens) types[id] = control ? TYPE_CONTROL : TYPE_USER_DEFINED;
  if (unknownId !== null) types[unknownId] = TYPE_UNKNOWN;
  const texts = Array.from(types, (type, id) => (type === TYPE_UNUSED ? `[PAD${id}]` : tokens[id]));
  return [
    ['tokenizer.ggml.tokens', { type: 'array', elementType: 'string', value: texts }],
    ['tokenizer.ggml.token_type', { type: 'array', elementType: 'i32', value: types }],
  ];
}
