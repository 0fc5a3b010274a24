import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../api/types.ts';
import { ChatPromptFitter } from './chat-prompt.ts';

// One id per character of content plus one per message: easy to count.
const encode = (messages: readonly ChatMessage[]) =>
  messages.flatMap((message) => [0, ...Array.from(message.content, () => 1)]);
const turn = (role: ChatMessage['role'], length: number): ChatMessage => ({
  role,
  content: 'x'.repeat(length),
});

describe('ChatPromptFitter', () => {
  it('keeps everything while it fits', () => {
    const fitter = new ChatPromptFitter(encode, 100);
    expect(fitter.fit([turn('user', 20), turn('assistant', 20), turn('user', 20)], 10)).toEqual({
      ids: encode([turn('user', 20), turn('assistant', 20), turn('user', 20)]),
      droppedMessages: 0,
    });
  });

  it('drops the oldest exchange and keeps the system prompt and the last message', () => {
    const fitter = new ChatPromptFitter(encode, 100);
    const chat = [turn('system', 9), turn('user', 40), turn('assistant', 30), turn('user', 20)];
    const { ids, droppedMessages } = fitter.fit(chat, 10);
    expect(droppedMessages).toBe(2);
    expect(ids).toEqual(encode([chat[0], chat[3]]));
  });

  it('begins at the same turn again on the next turn, so that the cache is reused', () => {
    const fitter = new ChatPromptFitter(encode, 100);
    const chat = [
      turn('user', 40),
      turn('assistant', 30),
      turn('user', 19),
      turn('assistant', 9),
      turn('user', 9),
    ];
    const first = fitter.fit(chat.slice(0, 3), 20);
    const second = fitter.fit(chat, 20);
    expect(first.droppedMessages).toBe(2);
    expect(second.droppedMessages).toBe(2);
    expect(second.ids.slice(0, first.ids.length)).toEqual(first.ids);
  });

  it('starts over for a shorter chat', () => {
    const fitter = new ChatPromptFitter(encode, 100);
    fitter.fit([turn('user', 60), turn('assistant', 30), turn('user', 20)], 10);
    expect(fitter.fit([turn('user', 60)], 10).droppedMessages).toBe(0);
  });

  it('refuses a last message that is too long by itself', () => {
    const fitter = new ChatPromptFitter(encode, 100);
    expect(() => fitter.fit([turn('user', 95)], 10)).toThrow(
      expect.objectContaining({ code: 'context-full' }),
    );
  });

  it('refuses an empty chat', () => {
    const fitter = new ChatPromptFitter(encode, 100);
    expect(() => fitter.fit([], 10)).toThrow(expect.objectContaining({ code: 'bad-argument' }));
  });
});
