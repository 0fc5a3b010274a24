// A byte-level BPE vocabulary of any size: all bytes, the pairs of small letters as merges, then made-up words that
// encoding never yields but decoding prints, and the special tokens of the family where the published ones are.

import type { GgufValue } from '../../src/gguf/values.ts';
import type { PublishedShape } from '../../src/loader/published-shapes.ts';
import { BYTE_TO_CHAR } from '../../src/tokenizer/byte-map.ts';

const TYPE_NORMAL = 1;
const TYPE_CONTROL = 3;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
/** The space before a word, in the byte alphabet. */
const SPACE = BYTE_TO_CHAR[32];

/** Bytes, pairs of letters and the special tokens fit, with words between them. */
export const MIN_VOCABULARY = 2048;

interface Family {
  readonly pretokenizer: string;
  /** Rows of the published vocabulary: special tokens keep their distance from its end. */
  readonly publishedSize: number;
  readonly special: ReadonlyMap<number, string>;
  readonly bosId: number;
  readonly eosId: number;
  readonly addBos: boolean;
  readonly chatTemplate: string;
}

const FAMILIES: Readonly<Record<PublishedShape['architecture'], Family>> = {
  'bitnet-b1.58': {
    pretokenizer: 'llama-bpe',
    publishedSize: 128256,
    special: new Map([
      [128000, '<|begin_of_text|>'],
      [128001, '<|end_of_text|>'],
      [128009, '<|eot_id|>'],
    ]),
    bosId: 128000,
    eosId: 128009,
    addBos: true,
    chatTemplate:
      "{% for message in messages %}{{ message.role | capitalize }}: {{ message.content }}<|eot_id|>{% endfor %}{% if add_generation_prompt %}{{ 'Assistant: ' }}{% endif %}",
  },
  qwen3: {
    pretokenizer: 'qwen2',
    publishedSize: 151669,
    special: new Map([
      [151643, '<|endoftext|>'],
      [151644, '<|im_start|>'],
      [151645, '<|im_end|>'],
    ]),
    bosId: 151643,
    eosId: 151645,
    addBos: false,
    chatTemplate:
      "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
  },
};

/**
 * The `tokenizer.*` keys for a shape: as many distinct tokens as its embedding has rows.
 * @throws Error for fewer than MIN_VOCABULARY rows
 */
export function planTokenizer(shape: PublishedShape): Map<string, GgufValue> {
  if (shape.vocabularySize < MIN_VOCABULARY) {
    throw new Error(
      `The vocabulary has ${shape.vocabularySize} tokens; expected at least ${MIN_VOCABULARY}.`,
    );
  }
  const family = FAMILIES[shape.architecture];
  const missing = family.publishedSize - shape.vocabularySize;
  const pairs = [...LETTERS].flatMap((first) => [...LETTERS].map((second) => `${first} ${second}`));
  const tokens = [...BYTE_TO_CHAR, ...pairs.map((pair) => pair.replace(' ', ''))];
  const types = new Int32Array(shape.vocabularySize).fill(TYPE_NORMAL);
  while (tokens.length < shape.vocabularySize) {
    const special = family.special.get(tokens.length + missing);
    if (special !== undefined) types[tokens.length] = TYPE_CONTROL;
    tokens.push(special ?? SPACE + madeUpWord(tokens.length));
  }
  return new Map<string, GgufValue>([
    ['tokenizer.ggml.model', { type: 'string', value: 'gpt2' }],
    ['tokenizer.ggml.pre', { type: 'string', value: family.pretokenizer }],
    ['tokenizer.ggml.tokens', { type: 'array', elementType: 'string', value: tokens }],
    ['tokenizer.ggml.token_type', { type: 'array', elementType: 'i32', value: types }],
    ['tokenizer.ggml.merges', { type: 'array', elementType: 'string', value: pairs }],
    ['tokenizer.ggml.bos_token_id', { type: 'u32', value: family.bosId - missing }],
    ['tokenizer.ggml.eos_token_id', { type: 'u32', value: family.eosId - missing }],
    ['tokenizer.ggml.add_bos_token', { type: 'bool', value: family.addBos }],
    ['tokenizer.chat_template', { type: 'string', value: family.chatTemplate }],
  ]);
}

/** Letters for a number, different for every number. */
function madeUpWord(number: number): string {
  let word = '';
  for (let rest = number; rest > 0; rest = Math.floor(rest / LETTERS.length)) {
    word += LETTERS[rest % LETTERS.length];
  }
  return word;
}
