// A tiny byte-level vocabulary for tests: the 256 bytes, a few merges, two control tokens, one user-defined token.

import { type BpeSpec, BpeTokenizer } from '../../src/tokenizer/bpe-tokenizer.ts';
import { BYTE_TO_CHAR } from '../../src/tokenizer/byte-map.ts';
import { findPretokenizer } from '../../src/tokenizer/pretokenizers.ts';

/** Merges of the test vocabulary in rank order; every result is a token. */
export const TEST_MERGES = ['h e', 'l l', 'he ll', 'hell o', 'Ġ w', 'a a', 'aa aa', 'Ã ©'];

/** The test tokenizer (GPT-2 words); `overrides` replaces parts of its specification. */
export function createTestTokenizer(overrides: Partial<BpeSpec> = {}): BpeTokenizer {
  const merged = TEST_MERGES.map((merge) => merge.replace(' ', ''));
  const tokens = [...BYTE_TO_CHAR, ...merged, '<|begin|>', '<|end|>', '<think>'];
  const begin = tokens.indexOf('<|begin|>');
  const special = { stripLeft: false, stripRight: false };
  return new BpeTokenizer({
    tokens,
    specialTokens: [
      { ...special, id: begin, text: '<|begin|>', control: true },
      { ...special, id: begin + 1, text: '<|end|>', control: true },
      { ...special, id: begin + 2, text: '<think>', control: false },
    ],
    unusedIds: new Set(),
    merges: TEST_MERGES,
    passes: findPretokenizer('gpt-2', 'test').passes,
    ignoreMerges: false,
    nfc: false,
    bosId: begin,
    eosId: begin + 1,
    endIds: new Set([begin + 1]),
    addBosByDefault: false,
    ...overrides,
  });
}
