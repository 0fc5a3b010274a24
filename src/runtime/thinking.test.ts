import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ReplyParts, splitThinking, type ThinkingOptions, ThinkingSplitter } from './thinking.ts';

function stream(deltas: readonly string[], options?: ThinkingOptions): ReplyParts {
  const splitter = new ThinkingSplitter(options);
  const parts = [...deltas.map((delta) => splitter.push(delta)), splitter.flush()];
  return {
    thinking: parts.map(({ thinking }) => thinking).join(''),
    answer: parts.map(({ answer }) => answer).join(''),
  };
}

describe('splitThinking', () => {
  it.each([
    ['<think>\na b\n</think>\n\nHello', 'a b', 'Hello'],
    ['\n<think></think>Hello', '', 'Hello'],
    ['Hello <think>x</think>', '', 'Hello <think>x</think>'],
    [' Hello\n', '', ' Hello\n'],
    ['<think>never closed \n', 'never closed', ''],
    ['<think>a</thin', 'a</thin', ''],
    ['<thinking>no tag', '', '<thinking>no tag'],
    ['<thi', '', '<thi'],
    ['<think>a</think>b</think>c', 'a', 'b</think>c'],
    ['', '', ''],
  ])('splits %j', (reply, thinking, answer) => {
    expect(splitThinking(reply)).toEqual({ thinking, answer });
  });

  it('starts inside when the prompt opened the thinking', () => {
    expect(splitThinking('\nx</think>\ny', { startsThinking: true })).toEqual({ thinking: 'x', answer: 'y' });
  });

  it('takes other tags', () => {
    expect(splitThinking('[THINK]x[/THINK]y', { openTag: '[THINK]', closeTag: '[/THINK]' })).toEqual({
      thinking: 'x',
      answer: 'y',
    });
  });
});

describe('ThinkingSplitter', () => {
  it('gives the same parts however the reply is cut into deltas', () => {
    const piece = fc.constantFrom('<think>', '</think>', '<', 'think>', '/', ' ', '\n', 'word', '</', 'é');
    const reply = fc
      .tuple(fc.constantFrom('', '<think>', ' <think>\n'), fc.array(piece, { maxLength: 12 }))
      .map(([start, rest]) => start + rest.join(''));
    fc.assert(
      fc.property(
        reply,
        fc.array(fc.nat(60), { maxLength: 8 }),
        fc.boolean(),
        (text, cuts, startsThinking) => {
          const bounds = [
            0,
            ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b),
            text.length,
          ];
          const deltas = bounds.slice(1).map((end, index) => text.slice(bounds[index], end));
          expect(stream(deltas, { startsThinking })).toEqual(splitThinking(text, { startsThinking }));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('shows thinking and answer as soon as they are certain', () => {
    const splitter = new ThinkingSplitter();
    expect(splitter.push('<th')).toEqual({ thinking: '', answer: '' });
    expect(splitter.push('ink>ab')).toEqual({ thinking: 'ab', answer: '' });
    expect(splitter.isThinking).toBe(true);
    expect(splitter.push('c </th')).toEqual({ thinking: 'c', answer: '' });
    expect(splitter.push('ink>\n')).toEqual({ thinking: '', answer: '' });
    expect(splitter.isThinking).toBe(false);
    expect(splitter.push('\nyes ')).toEqual({ thinking: '', answer: 'yes ' });
    expect(splitter.push('<think>')).toEqual({ thinking: '', answer: '<think>' });
  });
});
