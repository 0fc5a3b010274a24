// A tokenizer whose ids are bytes, with a begin and an end token behind them, for tests.
import type { BpeTokenizer } from '../../src/tokenizer/bpe-tokenizer.ts';
import { BYTE_TO_CHAR } from '../../src/tokenizer/byte-map.ts';
import { createTestTokenizer } from './test-tokenizer.ts';

/** Ids 0 to 255 are bytes, 256 begins a text and 257 ends it. */
export function byteTokenizer(): BpeTokenizer {
  const special = { stripLeft: false, stripRight: false, control: true };
  return createTestTokenizer({
    tokens: [...BYTE_TO_CHAR, '<|begin|>', '<|end|>'],
    specialTokens: [
      { ...special, id: 256, text: '<|begin|>' },
      { ...special, id: 257, text: '<|end|>' },
    ],
    merges: [],
    bosId: 256,
    eosId: 257,
    endIds: new Set([257]),
  });
}
