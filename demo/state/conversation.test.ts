// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { readStored, removeStored, writeStored } from './browser-storage.ts';
import {
  type AnswerTurn,
  appendTurn,
  type Conversation,
  droppedTurnCount,
  EMPTY_CONVERSATION,
  MAX_TURN_CHARACTERS,
  MAX_TURNS,
  parseConversation,
  serialiseConversation,
  toMessages,
  withoutLastAnswer,
} from './conversation.ts';

const METRICS = {
  promptTokens: 20,
  reusedTokens: 12,
  generatedTokens: 30,
  prefillTokensPerSecond: 100,
  decodeTokensPerSecond: 31.5,
  generatedBytes: 120,
  decodeBytesPerSecond: 126,
  timeToFirstTokenMs: 400,
  queuedMs: 0,
};

const ANSWER: AnswerTurn = { role: 'assistant', content: 'Woof.', end: 'stop', metrics: METRICS };
const CHAT: Conversation = {
  turns: [{ role: 'user', content: 'My dog is called Rex.' }, ANSWER],
  droppedTurns: 0,
};

function conversationOf(...contents: string[]): Conversation {
  return contents.reduce<Conversation>(
    (conversation, content, index) =>
      appendTurn(
        conversation,
        index % 2 ? { role: 'assistant', content, end: 'stop' } : { role: 'user', content },
      ),
    EMPTY_CONVERSATION,
  );
}

describe('appendTurn', () => {
  it('leaves the conversation that it was given as it is', () => {
    appendTurn(CHAT, { role: 'user', content: 'x' });
    expect(CHAT.turns).toHaveLength(2);
  });

  it('drops the oldest turn beyond the limit and moves the dropped line with it', () => {
    const full: Conversation = {
      turns: Array.from({ length: MAX_TURNS }, (_, index) => ({ role: 'user', content: String(index) })),
      droppedTurns: 3,
    };
    const next = appendTurn(full, { role: 'user', content: 'new' });
    expect(next.turns).toHaveLength(MAX_TURNS);
    expect(next.turns[0].content).toBe('1');
    expect(next.droppedTurns).toBe(2);
  });
});

describe('withoutLastAnswer', () => {
  it('removes an answer at the end', () => {
    expect(withoutLastAnswer(CHAT).turns).toEqual([CHAT.turns[0]]);
  });

  it('keeps a question at the end', () => {
    const asked = conversationOf('a');
    expect(withoutLastAnswer(asked)).toBe(asked);
  });
});

describe('toMessages', () => {
  it('puts the system prompt first, trimmed, and leaves out a blank one', () => {
    expect(toMessages(CHAT, '  Be brief. ').messages[0]).toEqual({ role: 'system', content: 'Be brief.' });
    expect(toMessages(CHAT, '  \n').messages.map((message) => message.role)).toEqual(['user', 'assistant']);
  });

  it('leaves out empty answers, and questions that got none', () => {
    const conversation: Conversation = {
      turns: [
        { role: 'user', content: 'first' },
        { role: 'assistant', content: '', end: 'aborted' },
        { role: 'user', content: 'second' },
      ],
      droppedTurns: 0,
    };
    expect(toMessages(conversation, '')).toEqual({
      messages: [{ role: 'user', content: 'second' }],
      turnIndexes: [2],
    });
  });
});

describe('droppedTurnCount', () => {
  it('counts turns, also those that were not sent', () => {
    expect(droppedTurnCount(1, [2, 3, 4])).toBe(3);
    expect(droppedTurnCount(2, [0, 1, 2])).toBe(2);
  });

  it('is 0 when nothing was dropped, and never beyond the end', () => {
    expect(droppedTurnCount(0, [0, 1])).toBe(0);
    expect(droppedTurnCount(9, [0, 1])).toBe(2);
    expect(droppedTurnCount(2, [])).toBe(0);
  });
});

describe('parseConversation', () => {
  it('reads back what serialiseConversation wrote', () => {
    expect(parseConversation(serialiseConversation(CHAT))).toEqual(CHAT);
  });

  const good = JSON.parse(serialiseConversation(CHAT)) as Record<string, unknown>;
  it.each([
    ['nothing stored', null],
    ['an empty text', ''],
    ['text that is not JSON', '{"version":1,"turns":['],
    ['JSON that is no object', '[1,2]'],
    ['null', 'null'],
    ['another version', JSON.stringify({ ...good, version: 2 })],
    ['turns that are no list', JSON.stringify({ ...good, turns: { length: 1 } })],
    ['a turn that is no record', JSON.stringify({ ...good, turns: ['hello'] })],
    ['an unknown role', JSON.stringify({ ...good, turns: [{ role: 'system', content: 'x' }] })],
    ['content that is no text', JSON.stringify({ ...good, turns: [{ role: 'user', content: 7 }] })],
    ['an answer without its end', JSON.stringify({ ...good, turns: [{ role: 'assistant', content: 'x' }] })],
    ['an end of another kind', JSON.stringify({ ...good, turns: [{ ...ANSWER, end: '__proto__' }] })],
    [
      'a turn longer than the limit',
      JSON.stringify({ ...good, turns: [{ role: 'user', content: 'x'.repeat(MAX_TURN_CHARACTERS + 1) }] }),
    ],
  ])('gives null for %s', (_name, text) => {
    expect(parseConversation(text)).toBeNull();
  });

  it('accepts a turn of exactly the longest length', () => {
    const content = 'x'.repeat(MAX_TURN_CHARACTERS);
    const text = JSON.stringify({ ...good, turns: [{ role: 'user', content }] });
    expect(parseConversation(text)?.turns[0].content).toHaveLength(MAX_TURN_CHARACTERS);
  });

  it('keeps an answer whose metrics are damaged, without them', () => {
    const turns = [{ ...ANSWER, metrics: { ...METRICS, queuedMs: 'soon' } }];
    expect(parseConversation(JSON.stringify({ ...good, turns }))?.turns).toEqual([
      { role: 'assistant', content: 'Woof.', end: 'stop' },
    ]);
  });

  it('keeps what the model thought, unless that is damaged, and does not send it back to the model', () => {
    const thoughtful = { ...ANSWER, thinking: 'a bark' };
    const kept = parseConversation(JSON.stringify({ ...good, turns: [thoughtful] }));
    expect(kept?.turns[0]).toHaveProperty('thinking', 'a bark');
    if (kept) expect(toMessages(kept, '').messages).toEqual([{ role: 'assistant', content: 'Woof.' }]);
    const damaged = parseConversation(JSON.stringify({ ...good, turns: [{ ...ANSWER, thinking: 7 }] }));
    expect(damaged?.turns[0]).not.toHaveProperty('thinking');
  });

  it.each([-1, 1.5, '2', null])('takes droppedTurns %j for 0', (droppedTurns) => {
    expect(parseConversation(JSON.stringify({ ...good, droppedTurns }))?.droppedTurns).toBe(0);
  });

  it('bounds droppedTurns by the turns that are there', () => {
    expect(parseConversation(JSON.stringify({ ...good, droppedTurns: 99 }))?.droppedTurns).toBe(2);
  });

  it('ignores fields that it does not know', () => {
    const text =
      '{"version":1,"droppedTurns":0,"turns":[{"role":"user","content":"a","__proto__":{"x":1},"y":2}]}';
    expect(parseConversation(text)?.turns).toEqual([{ role: 'user', content: 'a' }]);
  });
});

describe('browser storage', () => {
  beforeEach(() => localStorage.clear());

  it('reads back, and removes, what was written', () => {
    expect(writeStored('conversation', 'abc')).toBe(true);
    expect(readStored('conversation')).toBe('abc');
    removeStored('conversation');
    expect(readStored('conversation')).toBeNull();
  });

  it('reports a refused write instead of throwing', () => {
    const refuse = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    expect(writeStored('conversation', 'abc')).toBe(false);
    refuse.mockRestore();
  });

  it('reads null where storage is blocked', () => {
    const block = vi.spyOn(Storage.prototype, 'getItem').mockImplementation(() => {
      throw new DOMException('blocked', 'SecurityError');
    });
    expect(readStored('settings')).toBeNull();
    block.mockRestore();
  });
});
