import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMilliseconds } from '../../test/support/cpu-time.ts';
import {
  createTestPieces,
  TEST_PIECE_SCORES,
  TEST_PIECE_TOKENS,
  TEST_PIECES,
} from '../../test/support/test-pieces.ts';

const tokenizer = createTestPieces();
const idOf = (text: string): number => TEST_PIECE_TOKENS.indexOf(text);
const idsOf = (...texts: string[]): number[] => texts.map(idOf);
const byteIds = (text: string): number[] => Array.from(new TextEncoder().encode(text), (byte) => 3 + byte);

const anyText = fc.string({ unit: 'binary', maxLength: 60 });
const denseText = fc
  .array(fc.constantFrom('a', 'b', 'c', ' ', 't', 'h', 'e', '日', '本', 'é', '!', '👍🏽', '\n'), {
    maxLength: 40,
  })
  .map((parts) => parts.join(''));

// The definition, word for word: merge the adjacent pair with the best score, leftmost of equals, until none is left.
function encodeNaively(text: string): number[] {
  const pieces = text === '' ? [] : Array.from(`▁${text.replaceAll(' ', '▁')}`);
  for (;;) {
    let best = -1;
    for (let at = 0; at + 1 < pieces.length; at++) {
      const id = TEST_PIECES.includes(pieces[at] + pieces[at + 1]) ? idOf(pieces[at] + pieces[at + 1]) : -1;
      const bestId = best < 0 ? -1 : idOf(pieces[best] + pieces[best + 1]);
      if (id >= 0 && (bestId < 0 || TEST_PIECE_SCORES[id] > TEST_PIECE_SCORES[bestId])) best = at;
    }
    if (best < 0) return pieces.flatMap((piece) => (idOf(piece) < 0 ? byteIds(piece) : [idOf(piece)]));
    pieces.splice(best, 2, pieces[best] + pieces[best + 1]);
  }
}

describe('SentencePieceTokenizer.encode', () => {
  it('puts a space in front and merges by score', () => {
    expect(tokenizer.encode('the')).toEqual(idsOf('▁the'));
    expect(tokenizer.encode('abc')).toEqual(idsOf('▁', 'abc'));
    expect(tokenizer.encode('')).toEqual([]);
  });

  it('merges equal pairs from the left', () => {
    expect(tokenizer.encode('aaa')).toEqual(idsOf('▁', 'aa', 'a'));
  });

  it('agrees with the naive definition on any text', () => {
    fc.assert(
      fc.property(denseText, (text) => {
        expect(tokenizer.encode(text)).toEqual(encodeNaively(text));
      }),
      { numRuns: 500 },
    );
  });

  it('gives equal scores to the leftmost pair', () => {
    const equal = createTestPieces({ merges: { kind: 'scores', scores: TEST_PIECE_TOKENS.map(() => 0) } });
    expect(equal.encode('xabc')).toEqual(idsOf('▁', 'x', 'abc'));
    expect(equal.encode('xbcbc')).toEqual(idsOf('▁', 'x', 'bc', 'bc'));
    expect(equal.encode('aab')).toEqual(idsOf('▁', 'aa', 'b'));
  });

  it('writes characters that are no tokens as bytes, unless a merge takes them', () => {
    expect(tokenizer.encode('ü')).toEqual([idOf('▁'), ...byteIds('ü')]);
    expect(tokenizer.encode('é!')).toEqual(idsOf('▁', 'é!'));
    expect(tokenizer.encode('é')).toEqual([idOf('▁'), ...byteIds('é')]);
    expect(tokenizer.encode('\ud800')).toEqual([idOf('▁'), ...byteIds('\ufffd')]);
  });

  it('uses the unknown token where bytes are missing, one for a run', () => {
    const tokens = TEST_PIECE_TOKENS.map((text) => (text.startsWith('<0x') ? '' : text));
    expect(createTestPieces({ tokens }).encode('aüüa ü')).toEqual(
      idsOf('▁', 'a', '<unk>', 'a', '▁', '<unk>'),
    );
    expect(createTestPieces({ tokens, fuseUnknown: false }).encode('üü')).toEqual(
      idsOf('▁', '<unk>', '<unk>'),
    );
    expect(() => createTestPieces({ tokens, unknownId: null }).encode('ü')).toThrow(
      expect.objectContaining({ code: 'bad-file' }),
    );
  });

  it('splits unused pieces back along the merges that made them', () => {
    const unusedIds = new Set(idsOf('abc', '▁the'));
    const pieces = createTestPieces({ unusedIds });
    expect(pieces.encode('abc')).toEqual(idsOf('▁', 'ab', 'c'));
    expect(pieces.encode('the')).toEqual(idsOf('▁t', 'he'));
  });

  it('never turns text into control tokens unless asked, and user-defined ones always', () => {
    expect(tokenizer.encode('<s>')).toEqual(idsOf('▁', '<', 's', '>'));
    expect(tokenizer.encode('a<s>b', { parseSpecial: true })).toEqual(idsOf('▁', 'a', '<s>', '▁', 'b'));
    expect(tokenizer.encode('a<tool>b')).toEqual(idsOf('▁', 'a', '<tool>', '▁', 'b'));
    expect(tokenizer.encode('<0x41>')).not.toContain(idOf('<0x41>'));
  });

  it('adds BOS only when asked', () => {
    expect(tokenizer.encode('a', { addBos: true })).toEqual(idsOf('<s>', '▁', 'a'));
    expect(createTestPieces({ addBosByDefault: false }).encode('a', { addBos: true })).toEqual(
      idsOf('▁', 'a'),
    );
  });

  it('puts no space in front of text that continues, where the vocabulary says so', () => {
    const first = createTestPieces({ spacePrefix: { where: 'start', unlessSpace: true } });
    expect(first.encode('a<tool>b')).toEqual(idsOf('▁', 'a', '<tool>', 'b'));
    expect(first.encode('a', { continues: true })).toEqual(idsOf('a'));
    expect(first.encode(' a')).toEqual(idsOf('▁', 'a'));
    const none = createTestPieces({ spacePrefix: { where: 'nowhere', unlessSpace: false } });
    expect(none.encode('a')).toEqual(idsOf('a'));
  });

  it('grows in proportion to the length of a word', () => {
    const time = (length: number): number =>
      cpuMilliseconds(() => expect(tokenizer.encode('a'.repeat(length)).length).toBe(length / 4 + 1));
    time(20_000);
    expect(time(400_000)).toBeLessThan(Math.max(3000, 60 * time(20_000)));
  });

  it('refuses a piece so long that its merges would take quadratic time', () => {
    const tokens = [...TEST_PIECE_TOKENS, 'a'.repeat(513)];
    const scores = tokens.map(() => 0);
    expect(() => createTestPieces({ tokens, merges: { kind: 'scores', scores } })).toThrow(
      /513 characters; expected at most 512/,
    );
  });
});

describe('SentencePieceTokenizer.decode', () => {
  it('gives back any text', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, denseText), (text) => {
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text.toWellFormed().replaceAll('▁', ' '));
      }),
    );
  });

  it('streams the same text without ever splitting a character', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, denseText), (text) => {
        const ids = tokenizer.encode(text);
        const decoder = tokenizer.createStreamDecoder();
        const deltas = ids.map((id) => decoder.push(id));
        for (const delta of deltas) expect(delta).not.toMatch(/\p{Cs}/u);
        expect(deltas.join('') + decoder.flush()).toBe(tokenizer.decode(ids));
      }),
    );
  });

  it('holds back the bytes of an unfinished character', () => {
    const decoder = tokenizer.createStreamDecoder();
    const [first, second, third, fourth] = byteIds('👍');
    expect([first, second, third].map((id) => decoder.push(id))).toEqual(['', '', '']);
    expect(decoder.push(fourth)).toBe('👍');
    expect(decoder.push(first)).toBe('');
    expect(decoder.push(idOf('a'))).toBe('\ufffda');
    expect(decoder.push(first) + decoder.flush()).toBe('\ufffd');
  });

  it('drops one space at the start, after control tokens too, and keeps it in text that continues', () => {
    expect(tokenizer.decode(idsOf('<s>', '▁the', '▁the'))).toBe('the the');
    expect(tokenizer.decode(idsOf('▁▁', 'a'))).toBe(' a');
    const decoder = tokenizer.createStreamDecoder({ continues: true });
    expect(decoder.push(idOf('▁the'))).toBe(' the');
    expect(createTestPieces({ dropFirstSpace: false }).decode(idsOf('▁the'))).toBe(' the');
  });

  it('shows control tokens only when asked', () => {
    expect(tokenizer.decode(idsOf('▁the', '</s>'), { special: true })).toBe('the</s>');
    expect(tokenizer.tokenText(2)).toBe('</s>');
    expect(tokenizer.tokenText(idOf('▁the'))).toBe(' the');
  });

  it('refuses an id outside the vocabulary', () => {
    expect(() => tokenizer.decode([100000])).toThrow(expect.objectContaining({ code: 'bad-argument' }));
  });
});
