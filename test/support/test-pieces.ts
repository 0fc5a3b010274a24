// A tiny SentencePiece vocabulary for tests: unknown, two control tokens, the 256 bytes, a few letters and pieces.

import { SPACE_MARK } from '../../src/tokenizer/sentencepiece.ts';
import {
  type SentencePieceSpec,
  SentencePieceTokenizer,
} from '../../src/tokenizer/sentencepiece-tokenizer.ts';

/** Pieces of more than one character, best score first. */
export const TEST_PIECES = ['▁t', 'he', '▁the', 'ab', 'bc', 'abc', '▁▁', 'aa', 'aaaa', '日本', 'é!'];

const BYTES = Array.from(
  { length: 256 },
  (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
);
const CHARACTERS = [SPACE_MARK, ...'theabcdxyz<>s/日本!?'];

/** Texts by id. */
export const TEST_PIECE_TOKENS: readonly string[] = [
  '<unk>',
  '<s>',
  '</s>',
  ...BYTES,
  ...TEST_PIECES,
  ...new Set(CHARACTERS),
  '<tool>',
];

/** Scores by id: pieces in order of TEST_PIECES, 0 for the rest. */
export const TEST_PIECE_SCORES: readonly number[] = TEST_PIECE_TOKENS.map(
  (text) => -(TEST_PIECES.indexOf(text) + 1),
);

/** Specification of the test tokenizer; `overrides` replaces parts of it. */
export function testPieceSpec(overrides: Partial<SentencePieceSpec> = {}): SentencePieceSpec {
  const special = { stripLeft: false, stripRight: false };
  return {
    tokens: TEST_PIECE_TOKENS,
    specialTokens: [
      { ...special, id: 0, text: '<unk>', control: true },
      { ...special, id: 1, text: '<s>', control: true },
      { ...special, id: 2, text: '</s>', control: true },
      { ...special, id: TEST_PIECE_TOKENS.length - 1, text: '<tool>', control: false },
    ],
    unusedIds: new Set(),
    merges: { kind: 'scores', scores: TEST_PIECE_SCORES },
    unknownId: 0,
    fuseUnknown: true,
    spacePrefix: { where: 'fragments', unlessSpace: false },
    dropFirstSpace: true,
    bosId: 1,
    eosId: 2,
    endIds: new Set([2]),
    addBosByDefault: true,
    ...overrides,
  };
}

/** The test tokenizer. */
export function createTestPieces(overrides: Partial<SentencePieceSpec> = {}): SentencePieceTokenizer {
  return new SentencePieceTokenizer(testPieceSpec(overrides));
}
