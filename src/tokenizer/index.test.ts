import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSharedFile, missingFile } from '../../test/support/shared-data.ts';
import {
  createTestPieces,
  TEST_PIECE_SCORES,
  TEST_PIECE_TOKENS,
  TEST_PIECES,
} from '../../test/support/test-pieces.ts';
import { fileWithTokenizer } from '../../test/support/tokenizer-metadata.ts';
import { BYTE_TO_CHAR } from './byte-map.ts';
import { tokenizerFromGguf, tokenizerOfCheckpoint } from './index.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(fc.constantFrom('a', 'b', 'c', ' ', 'the', '日本', 'é!', '<s>', '\n'), { maxLength: 20 })
    .map((t) => t.join('')),
);

const PIECE_KEYS = {
  model: 'llama',
  tokens: TEST_PIECE_TOKENS,
  scores: Float32Array.from(TEST_PIECE_SCORES),
  token_type: Int32Array.from(TEST_PIECE_TOKENS, (text, id) =>
    id === 0 ? 2 : id < 3 ? 3 : text.startsWith('<0x') ? 6 : text === '<tool>' ? 4 : 1,
  ),
};

// What the Hugging Face form of the same vocabulary lists: every split of every piece, best score first.
const PIECE_MERGES = TEST_PIECES.flatMap((piece) => {
  const characters = Array.from(piece);
  return characters.slice(1).flatMap((_, at): string[] => {
    const left = characters.slice(0, at + 1).join('');
    const right = characters.slice(at + 1).join('');
    return TEST_PIECE_TOKENS.includes(left) && TEST_PIECE_TOKENS.includes(right) ? [`${left} ${right}`] : [];
  });
});

const LLAMA_JSON = {
  added_tokens: [
    ...['<unk>', '<s>', '</s>'].map((content, id) => ({ id, content, special: true, normalized: false })),
    { id: TEST_PIECE_TOKENS.length - 1, content: '<tool>', special: false, normalized: false },
  ],
  normalizer: {
    type: 'Sequence',
    normalizers: [
      { type: 'Prepend', prepend: '▁' },
      { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
    ],
  },
  pre_tokenizer: null,
  post_processor: {
    type: 'TemplateProcessing',
    single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
  },
  decoder: {
    type: 'Sequence',
    decoders: [
      { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
      { type: 'ByteFallback' },
      { type: 'Fuse' },
      { type: 'Strip', content: ' ', start: 1, stop: 0 },
    ],
  },
  model: {
    type: 'BPE',
    byte_fallback: true,
    fuse_unk: true,
    unk_token: '<unk>',
    vocab: Object.fromEntries(TEST_PIECE_TOKENS.map((text, id) => [text, id])),
    merges: PIECE_MERGES,
  },
};
const CONFIG = { bos_token: '<s>', eos_token: { content: '</s>' } };
const checkpoint = (change: object = {}) =>
  tokenizerOfCheckpoint({
    tokenizerJson: JSON.stringify({ ...LLAMA_JSON, ...change }),
    tokenizerConfigJson: JSON.stringify(CONFIG),
    fileName: 'tiny',
  }).tokenizer;

describe('a SentencePiece vocabulary', () => {
  const expected = createTestPieces();
  // A piece with a character that is no token merges by score but cannot be written as a merge.
  const comparable = anyText.filter((text) => !text.includes('é!'));

  it('gives the same ids from GGUF as from its specification', async () => {
    const { tokenizer } = tokenizerFromGguf(await fileWithTokenizer(PIECE_KEYS));
    expect(tokenizer).toMatchObject({ kind: 'sentencepiece', bosId: 1, eosId: 2, addBosByDefault: true });
    expect(tokenizer.endIds).toEqual(new Set([2]));
    fc.assert(
      fc.property(anyText, (text) => {
        expect(tokenizer.encode(text)).toEqual(expected.encode(text));
      }),
    );
  });

  it('gives the same ids from tokenizer.json', () => {
    const tokenizer = checkpoint();
    expect(tokenizer).toMatchObject({ kind: 'sentencepiece', bosId: 1, eosId: 2, addBosByDefault: true });
    fc.assert(
      fc.property(comparable, (text) => {
        const ids = tokenizer.encode(text);
        expect(ids).toEqual(expected.encode(text));
        expect(tokenizer.decode(ids)).toBe(expected.decode(ids));
      }),
    );
  });

  it('follows the newer form of tokenizer.json, with Metaspace', () => {
    const metaspace = (prepend_scheme: string) => ({
      normalizer: null,
      pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme, split: false },
    });
    const first = checkpoint(metaspace('first'));
    expect(first.tokenText(first.encode('the')[0])).toBe(' the');
    expect(first.encode('a<tool>b')).toEqual(
      expected.encode('a<tool>').concat(first.encode('b', { continues: true })),
    );
    expect(checkpoint(metaspace('never')).encode('the')).not.toEqual(first.encode('the'));
    expect(checkpoint(metaspace('always')).encode('a<tool>b')).toEqual(expected.encode('a<tool>b'));
  });

  it('honours add_space_prefix and add_bos_token', async () => {
    const keys = { ...PIECE_KEYS, add_space_prefix: false, add_bos_token: false };
    const { tokenizer } = tokenizerFromGguf(await fileWithTokenizer(keys));
    expect(tokenizer.encode(' the')).toEqual(expected.encode('the'));
    expect(tokenizer.decode(tokenizer.encode(' the'))).toBe(' the');
    expect(tokenizer.addBosByDefault).toBe(false);
  });

  it.each([
    ['a missing list of scores', { scores: [] as string[] }, 'bad-file'],
    ['a list of scores of another length', { scores: new Float32Array(3) }, 'bad-file'],
    ['another list of types', { token_type: new Int32Array(3) }, 'bad-file'],
    ['an unknown kind', { model: 'bert' }, 'unsupported-model'],
  ])('refuses %s', async (_, change, code) => {
    const file = await fileWithTokenizer({ ...PIECE_KEYS, ...change });
    expect(() => tokenizerFromGguf(file)).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    ['another normaliser', { normalizer: { type: 'Lowercase' } }],
    ['spaces that stay spaces', { normalizer: null }],
    ['a pre-tokenizer that splits', { pre_tokenizer: { type: 'Metaspace', replacement: '▁', split: true } }],
    ['word affixes', { model: { ...LLAMA_JSON.model, end_of_word_suffix: '</w>' } }],
  ])('refuses a tokenizer.json with %s', (_, change) => {
    expect(() => checkpoint(change)).toThrow(expect.objectContaining({ code: 'unsupported-model' }));
  });
});

describe('a vocabulary of raw bytes', () => {
  const bytesOf = (text: string): number[] => [...new TextEncoder().encode(text)];
  const isBytes = (tokenizer: ReturnType<typeof checkpoint>): void => {
    expect(tokenizer.kind).toBe('bytes');
    fc.assert(
      fc.property(anyText, (text) => {
        expect(tokenizer.encode(text)).toEqual(bytesOf(text));
        expect(tokenizer.decode(bytesOf(text))).toBe(text.toWellFormed());
      }),
    );
  };

  it('is read from GGUF: gpt2 with 256 tokens and no merges', async () => {
    const keys = {
      model: 'gpt2',
      pre: 'gpt-2',
      tokens: [...BYTE_TO_CHAR, '<|begin_of_text|>', '<|end_of_text|>', '<|eot_id|>', '<|pad|>'],
      token_type: Int32Array.from({ length: 260 }, (_, id) => (id < 256 ? 1 : 3)),
      merges: [],
      bos_token_id: 256,
      eos_token_id: 258,
    };
    const { tokenizer } = tokenizerFromGguf(await fileWithTokenizer(keys));
    isBytes(tokenizer);
    expect(tokenizer.encode('a<|eot_id|>', { parseSpecial: true })).toEqual([97, 258]);
    expect(tokenizer.endIds).toEqual(new Set([257, 258]));
  });

  const json = findSharedFile('models/sterna-byte/tokenizer.json');
  const reason = json === null ? ` (${missingFile('models/sterna-byte/tokenizer.json')})` : '';
  it.skipIf(json === null)(`is read from the tokenizer.json of our own checkpoint${reason}`, () => {
    const { tokenizer } = tokenizerOfCheckpoint({
      tokenizerJson: readFileSync(json ?? '', 'utf8'),
      tokenizerConfigJson: null,
      fileName: 'sterna-byte',
    });
    isBytes(tokenizer);
    expect(tokenizer.encode('<|eot_id|>', { parseSpecial: true })).toEqual([258]);
  });
});

describe('end tokens that a file declares as user-defined', () => {
  it('end the turn, and cannot be written by a person', async () => {
    const file = await fileWithTokenizer({
      model: 'gpt2',
      pre: 'falcon_e',
      tokens: [...BYTE_TO_CHAR, '<|im_end|>', '<|end_of_text|>'],
      token_type: Int32Array.from({ length: 258 }, (_, id) => (id < 256 ? 1 : id === 256 ? 4 : 3)),
      merges: [],
      eos_token_id: 257,
    });
    const { tokenizer } = tokenizerFromGguf(file);
    expect(tokenizer.endIds).toEqual(new Set([256, 257]));
    expect(tokenizer.encode('<|im_end|>')).not.toContain(256);
    expect(tokenizer.encode('<|im_end|>', { parseSpecial: true })).toEqual([256]);
  });
});
