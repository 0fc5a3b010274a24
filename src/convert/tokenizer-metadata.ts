// GGUF tokenizer keys from a tokenizer that was read from tokenizer.json.

import { EngineError } from '../errors.ts';
import type { GgufValue } from '../gguf/values.ts';
import type { JsonTokenizer } from '../tokenizer/from-json.ts';

const TYPE_NORMAL = 1;
const TYPE_CONTROL = 3;
const TYPE_USER_DEFINED = 4;
const TYPE_UNUSED = 5;

/**
 * The `tokenizer.*` entries.
 * @param vocabularySize rows of the embedding; ids without a token become unused `[PADn]`
 * @param endIds further end ids, from generation_config.json
 * @throws EngineError 'unsupported-model' when GGUF has no name for the pre-tokenizer, 'bad-file' when there are more
 *   tokens than embedding rows
 */
export function tokenizerMetadata(
  source: JsonTokenizer,
  vocabularySize: number,
  endIds: readonly number[],
  fileName: string,
): [string, GgufValue][] {
  const { spec } = source;
  if (spec.tokens.length > vocabularySize) {
    throw new EngineError(
      'bad-file',
      `${fileName} has ${spec.tokens.length} tokens but ${vocabularySize} embedding rows; expected no more tokens than rows. Use files of the same model.`,
      { details: { file: fileName, tokens: spec.tokens.length, rows: vocabularySize } },
    );
  }
  const entries: [string, GgufValue][] = [
    ['tokenizer.ggml.model', { type: 'string', value: 'gpt2' }],
    ['tokenizer.ggml.pre', { type: 'string', value: pretokenizerName(source, fileName) }],
    ...tokenList(source, vocabularySize),
    ['tokenizer.ggml.merges', { type: 'array', elementType: 'string', value: spec.merges }],
  ];
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

function tokenList(source: JsonTokenizer, vocabularySize: number): [string, GgufValue][] {
  const { tokens, specialTokens, unusedIds } = source.spec;
  const types = new Int32Array(vocabularySize).fill(TYPE_UNUSED);
  types.fill(TYPE_NORMAL, 0, tokens.length);
  for (const id of unusedIds) types[id] = TYPE_UNUSED;
  for (const { id, control } of specialTokens) types[id] = control ? TYPE_CONTROL : TYPE_USER_DEFINED;
  const texts = Array.from(types, (type, id) => (type === TYPE_UNUSED ? `[PAD${id}]` : tokens[id]));
  return [
    ['tokenizer.ggml.tokens', { type: 'array', elementType: 'string', value: texts }],
    ['tokenizer.ggml.token_type', { type: 'array', elementType: 'i32', value: types }],
  ];
}
