import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMilliseconds } from '../../test/support/cpu-time.ts';
import { findPretokenizer, type Pass } from './pretokenizers.ts';

// The patterns as the model families publish them, in JavaScript's spelling: the oracle for the scanner.
const WS = '\\p{White_Space}';
const ANY_CASE = "'(?:[sS]|[tT]|[rR][eE]|[vV][eE]|[mM]|[lL][lL]|[dD])";
const LLAMA3 = `${ANY_CASE}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^${WS}\\p{L}\\p{N}]+[\\r\\n]*|${WS}*[\\r\\n]+|${WS}+(?!\\P{White_Space})|${WS}+`;
const QWEN35 = `${ANY_CASE}|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^${WS}\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|${WS}*[\\r\\n]+|${WS}+(?!\\P{White_Space})|${WS}+`;
const GPT2 = `'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^${WS}\\p{L}\\p{N}]+|${WS}+(?!\\P{White_Space})`;
const DEFAULT_PUNCTUATION = '[\\p{P}$+<=>^~|]+';
const FALCON_PUNCTUATION = '[\\p{P}$+<=>^~|`]+';

function isolate(pattern: string): Pass {
  const regex = new RegExp(`(${pattern})`, 'u');
  return (text) => text.split(regex).filter((piece) => piece !== undefined && piece !== '');
}

function cut(text: string, passes: readonly Pass[]): string[] {
  return passes.reduce<string[]>((pieces, pass) => pieces.flatMap(pass), [text]);
}

// Text dense in the characters that the patterns treat differently.
const tricky = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(..." \n\r\t'a'SsRreEvVlLdDmMtT1234567890.,!$^`é日本") },
      {
        weight: 1,
        arbitrary: fc.constantFrom('\u0301', '\u00a0', '\u0085', '\ufeff', '\u3000', '👍🏽', '²', '٣'),
      },
      { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 3 }) },
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));

describe('pre-tokenizers agree with the published patterns on any text', () => {
  const oracles: [string, Pass[]][] = [
    ['llama-bpe', [isolate(LLAMA3)]],
    ['qwen2', [isolate(LLAMA3.replace('{1,3}', ''))]],
    ['qwen35', [isolate(QWEN35)]],
    ['gpt-2', [isolate(GPT2)]],
    ['starcoder', [isolate('\\p{N}'), isolate(GPT2)]],
    ['falcon', [isolate(FALCON_PUNCTUATION), isolate(GPT2), isolate('[0-9][0-9][0-9]')]],
    [
      'default',
      [isolate(DEFAULT_PUNCTUATION), isolate(GPT2), isolate('\\p{N}+'), isolate('[0-9][0-9][0-9]')],
    ],
  ];
  it.each(oracles)('%s', (name, oracle) => {
    const { passes } = findPretokenizer(name, 'test.gguf');
    fc.assert(
      fc.property(tricky, (text) => {
        expect(cut(text, passes)).toEqual(cut(text, oracle));
      }),
      { numRuns: 1500 },
    );
  });
});

describe('pre-tokenizers', () => {
  it('group digits by three from the left for Llama 3 and singly for Qwen', () => {
    expect(cut('12345', findPretokenizer('llama-bpe', 'm').passes)).toEqual(['123', '45']);
    expect(cut('12345', findPretokenizer('qwen2', 'm').passes)).toEqual(['1', '2', '3', '4', '5']);
  });

  it('stay linear on a white-space run of a million characters', () => {
    const text = `${' '.repeat(1_000_000)}x`;
    for (const name of ['llama-bpe', 'gpt-2', 'default']) {
      const time = cpuMilliseconds(() => {
        expect(cut(text, findPretokenizer(name, 'm').passes)).toHaveLength(2);
      });
      expect(time).toBeLessThan(2000);
    }
  });

  it('refuse an unknown name and list the known ones', () => {
    expect(() => findPretokenizer('poro-chat', 'm.gguf')).toThrow(
      /m\.gguf needs the pre-tokenizer poro-chat.*llama-bpe/,
    );
  });
});
