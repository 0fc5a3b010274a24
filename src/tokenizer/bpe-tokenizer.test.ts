import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMilliseconds } from '../../test/support/cpu-time.ts';
import { createTestTokenizer, TEST_MERGES } from '../../test/support/test-tokenizer.ts';
import { BYTE_TO_CHAR } from './byte-map.ts';

const tokenizer = createTestTokenizer();
const idOf = (text: string): number =>
  [...BYTE_TO_CHAR, ...TEST_MERGES.map((m) => m.replace(' ', ''))].indexOf(text);

describe('BpeTokenizer.encode', () => {
  it('merges by rank', () => {
    expect(tokenizer.encode('hello')).toEqual([idOf('hello')]);
    expect(tokenizer.encode('hell')).toEqual([idOf('hell')]);
    expect(tokenizer.encode(' w')).toEqual([idOf('Ġw')]);
  });

  it('merges equal pairs from the left', () => {
    expect(tokenizer.encode('aaa')).toEqual([idOf('aa'), idOf('a')]);
    expect(tokenizer.encode('aaaaaa')).toEqual([idOf('aaaa'), idOf('aa')]);
  });

  it('falls back to bytes for a merge whose result is no token', () => {
    const missing = createTestTokenizer({ merges: [...TEST_MERGES, 'x y'] });
    expect(missing.encode('xy')).toEqual([idOf('x'), idOf('y')]);
  });

  it('takes a whole word as one token only when merges are to be ignored', () => {
    const without = createTestTokenizer({ merges: [] });
    const ignoring = createTestTokenizer({ merges: [], ignoreMerges: true });
    expect(without.encode('hell')).toHaveLength(4);
    expect(ignoring.encode('hell')).toEqual([idOf('hell')]);
  });

  it('recognises control tokens only on request, and user-defined ones always', () => {
    const [, end] = [...tokenizer.controlTokens.values()];
    const text = 'a<|begin|><think>';
    expect(tokenizer.encode(text, { parseSpecial: true })).toEqual([idOf('a'), tokenizer.bosId, 266]);
    expect(tokenizer.encode(text).at(-1)).toBe(266);
    expect(tokenizer.encode(text)).not.toContain(tokenizer.bosId);
    expect(end).toBeDefined();
  });

  it('adds BOS only when asked and when the model wants it', () => {
    const wants = createTestTokenizer({ addBosByDefault: true });
    expect(wants.encode('a', { addBos: true })).toEqual([wants.bosId, idOf('a')]);
    expect(wants.encode('a')).toEqual([idOf('a')]);
    expect(tokenizer.encode('a', { addBos: true })).toEqual([idOf('a')]);
  });

  it('normalises to NFC only when the model does', () => {
    const nfc = createTestTokenizer({ nfc: true });
    expect(nfc.encode('e\u0301')).toEqual([idOf('Ã©')]);
    expect(tokenizer.encode('e\u0301')).toHaveLength(3);
  });

  it('stays fast on one word of 200 000 letters', () => {
    const time = cpuMilliseconds(() => {
      expect(tokenizer.encode('a'.repeat(200_000))).toHaveLength(50_000);
    });
    expect(time).toBeLessThan(2000);
  });

  it('refuses a malformed merge', () => {
    expect(() => createTestTokenizer({ merges: ['ab'] })).toThrow(
      expect.objectContaining({ code: 'bad-file' }),
    );
  });
});

describe('BpeTokenizer.decode', () => {
  const anyText = fc.string({ unit: 'binary', maxLength: 60 });

  it('gives back any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
      }),
    );
  });

  it('streams the same text without ever splitting a character', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const decoder = tokenizer.createStreamDecoder();
        const deltas = tokenizer.encode(text).map((id) => decoder.push(id));
        for (const delta of deltas) expect(delta).not.toMatch(/\p{Cs}/u);
        expect(deltas.join('') + decoder.flush()).toBe(text);
      }),
    );
  });

  it('holds back an unfinished character and replaces it at the end', () => {
    const decoder = tokenizer.createStreamDecoder();
    const [first, second, third] = tokenizer.encode('日');
    expect(decoder.push(first)).toBe('');
    expect(decoder.push(second)).toBe('');
    expect(decoder.push(third)).toBe('日');
    expect(decoder.push(first)).toBe('');
    expect(decoder.flush()).toBe('\ufffd');
  });

  it('keeps U+FEFF at the start', () => {
    expect(tokenizer.decode(tokenizer.encode('\ufeffa'))).toBe('\ufeffa');
  });

  it('leaves control tokens out unless asked', () => {
    const ids = tokenizer.encode('a<|end|>', { parseSpecial: true });
    expect(tokenizer.decode(ids)).toBe('a');
    expect(tokenizer.decode(ids, { special: true })).toBe('a<|end|>');
    expect(tokenizer.tokenText(ids[1])).toBe('<|end|>');
  });

  it('refuses an id outside the vocabulary', () => {
    expect(() => tokenizer.decode([100000])).toThrow(expect.objectContaining({ code: 'bad-argument' }));
  });
});
