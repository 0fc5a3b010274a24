// @vitest-environment jsdom
import type { Engine, GenerationEvent, GenerationResult } from 'sterna';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ChatController } from './chat-controller.ts';
import { readStored } from './state/browser-storage.ts';
import { DEFAULT_SETTINGS, type Settings } from './state/settings.ts';
import { createChatView } from './views/chat-view.ts';

interface Script {
  readonly events: readonly Partial<GenerationEvent>[];
  readonly result: Partial<GenerationResult>;
  readonly systemPrompt?: string;
}

/** An engine that plays the events of one answer and then ends with the result. */
function playing({ events, result, systemPrompt }: Script) {
  const chat = vi.fn((...[, options]: Parameters<Engine['chat']>) => ({
    result: Promise.resolve(result),
    abort: vi.fn(),
    async *[Symbol.asyncIterator]() {
      for (const event of events) {
        options?.onEvent?.({ delta: '', generatedTokens: 1, droppedMessages: 0, ...event });
        if (event.delta) yield event.delta;
      }
    },
  }));
  return { chat, engine: { info: { systemPrompt }, chat } as unknown as Engine };
}

function setUp(script: Script, settings: Settings = DEFAULT_SETTINGS) {
  const { chat, engine } = playing(script);
  const view = createChatView({ onRegenerate: vi.fn(), onGrow: vi.fn() });
  document.body.replaceChildren(view.element);
  const controller = new ChatController({
    view,
    engine: () => engine,
    settings: () => settings,
    onChange: vi.fn(),
    onResult: vi.fn(),
    onSpeed: vi.fn(),
    onRecovery: vi.fn(),
    onStorageFull: vi.fn(),
  });
  return { controller, view, chat };
}

const THOUGHTFUL: Script = {
  events: [{ thinking: 'so ' }, { thinking: 'it is' }, { delta: 'Yes' }],
  result: { text: 'Yes', thinking: 'so it is', finishReason: 'stop', droppedMessages: 0 },
};

beforeEach(() => localStorage.clear());

describe('ChatController', () => {
  it('shows and keeps what the model thought, apart from the answer', async () => {
    const { controller, view } = setUp(THOUGHTFUL);
    await controller.send('Is it?');
    expect(view.element.querySelector('.thinking-text')?.textContent).toBe('so it is');
    expect(view.element.querySelector('.prose')?.textContent.trim()).toBe('Yes');
    expect(controller.conversation.turns[1]).toMatchObject({ content: 'Yes', thinking: 'so it is' });
    expect(readStored('conversation')).toContain('so it is');
  });

  it('passes on the wish to think, and the system prompt of the model', async () => {
    const { controller, chat } = setUp(
      { ...THOUGHTFUL, systemPrompt: 'Be kind.' },
      { ...DEFAULT_SETTINGS, enableThinking: true },
    );
    await controller.send('Is it?');
    const [messages, options] = chat.mock.calls[0];
    expect(messages).toEqual([
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'Is it?' },
    ]);
    expect(options).toMatchObject({ enableThinking: true });
  });

  it('does not send the thinking back with the next question', async () => {
    const { controller, chat } = setUp(THOUGHTFUL);
    await controller.send('Is it?');
    await controller.send('Sure?');
    expect(JSON.stringify(chat.mock.calls[1][0])).not.toContain('so it is');
  });
});
