import { describe, expect, it, vi } from 'vitest';
import { EngineError } from '../errors.ts';
import type { GenerationEvent } from '../protocol/host.ts';
import { type ChatStreamSource, createChatStream } from './chat-stream.ts';
import type { FinishReason, GenerationResult } from './types.ts';

/** A stream whose generation the test steers; an abort ends it as the host does. */
function setup(options: Partial<ChatStreamSource> = {}) {
  let onEvent: (event: GenerationEvent) => void = () => {};
  let settle: (result: GenerationResult) => void = () => {};
  let fail: (error: unknown) => void = () => {};
  let text = '';
  const calls: string[] = [];
  const end = (finishReason: FinishReason) =>
    settle({
      text,
      answers: [],
      finishReason,
      droppedMessages: 3,
      metrics: {} as GenerationResult['metrics'],
      seed: 1,
    });
  const stream = createChatStream({
    start: (receive) => {
      calls.push('start');
      onEvent = receive;
      return new Promise((resolve, reject) => {
        settle = resolve;
        fail = reject;
      });
    },
    abort: () => {
      calls.push('abort');
      end('aborted');
    },
    ...options,
  });
  const say = (delta: string) => {
    text += delta;
    onEvent({ delta, generatedTokens: 1, droppedMessages: 3 });
  };
  return { stream, say, end, fail: (error: unknown) => fail(error), calls };
}

async function collect(stream: AsyncIterable<string>): Promise<string[]> {
  const pieces: string[] = [];
  for await (const piece of stream) pieces.push(piece);
  return pieces;
}

describe('ChatStream', () => {
  it('yields the pieces as they come and ends with the generation', async () => {
    const { stream, say, end } = setup();
    const reader = stream[Symbol.asyncIterator]();
    const first = reader.next();
    say('Hel');
    expect(await first).toEqual({ done: false, value: 'Hel' });
    say('');
    say('lo');
    expect(await reader.next()).toEqual({ done: false, value: 'lo' });
    end('stop');
    expect(await reader.next()).toEqual({ done: true, value: undefined });
    expect(await stream.result).toMatchObject({ text: 'Hello', finishReason: 'stop' });
    expect(stream.droppedMessages).toBe(3);
  });

  it('keeps the text for a reader that comes late, and for a second one', async () => {
    const { stream, say, end } = setup();
    say('a');
    say('b');
    end('length');
    await stream.result;
    expect(await collect(stream)).toEqual(['a', 'b']);
    expect(await collect(stream)).toEqual(['a', 'b']);
  });

  it('stops the generation when the loop is left', async () => {
    const { stream, say, calls } = setup();
    say('one');
    for await (const piece of stream) {
      expect(piece).toBe('one');
      break;
    }
    expect(calls).toEqual(['start', 'abort']);
    expect(await stream.result).toMatchObject({ text: 'one', finishReason: 'aborted' });
  });

  it('ends the loop without error on abort(), after the text that had arrived', async () => {
    const { stream, say, calls } = setup();
    say('one');
    stream.abort();
    stream.abort();
    expect(await collect(stream)).toEqual(['one']);
    expect(calls).toEqual(['start', 'abort']);
  });

  it('throws the reason of the signal in the loop, while the result resolves with the text so far', async () => {
    const controller = new AbortController();
    const { stream, say, calls } = setup({ signal: controller.signal });
    const pieces: string[] = [];
    const loop = (async () => {
      for await (const piece of stream) pieces.push(piece);
    })();
    say('par');
    await vi.waitFor(() => expect(pieces).toEqual(['par']));
    controller.abort('enough');
    await expect(loop).rejects.toBe('enough');
    expect(await stream.result).toMatchObject({ text: 'par', finishReason: 'aborted' });
    expect(calls).toEqual(['start', 'abort']);
  });

  it('throws at once although the host has not answered the abort yet', async () => {
    const controller = new AbortController();
    const { stream } = setup({ signal: controller.signal, abort: () => {} });
    const loop = collect(stream);
    controller.abort('now');
    await expect(loop).rejects.toBe('now');
  });

  it('with an aborted signal, starts, aborts and reports it as aborted', async () => {
    const { stream, calls } = setup({ signal: AbortSignal.abort('early') });
    expect(calls).toEqual(['start', 'abort']);
    await expect(collect(stream)).rejects.toBe('early');
    expect(await stream.result).toMatchObject({ text: '', finishReason: 'aborted' });
  });

  it('keeps the text readable when the signal is aborted after the end', async () => {
    const controller = new AbortController();
    const { stream, say, end, calls } = setup({ signal: controller.signal });
    say('all');
    end('stop');
    await stream.result;
    controller.abort();
    expect(await collect(stream)).toEqual(['all']);
    expect(calls).toEqual(['start']);
  });

  it('throws an error after the text that came before it, and rejects the result with it', async () => {
    const { stream, say, fail } = setup();
    const error = new EngineError('device-lost', 'gone');
    say('some');
    fail(error);
    const reader = stream[Symbol.asyncIterator]();
    expect(await reader.next()).toEqual({ done: false, value: 'some' });
    await expect(reader.next()).rejects.toBe(error);
    await expect(stream.result).rejects.toBe(error);
  });

  it('causes no unhandled rejection when nobody looks at the result', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const { fail } = setup();
    fail(new EngineError('device-lost', 'gone'));
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it('reports what the callback of the application throws, and goes on', async () => {
    const report = vi.spyOn(console, 'error').mockImplementation(() => {});
    const onEvent = () => {
      throw new Error('theirs');
    };
    const { stream, say, end } = setup({ onEvent });
    say('a');
    end('stop');
    expect(await collect(stream)).toEqual(['a']);
    expect(report).toHaveBeenCalledWith(expect.objectContaining({ message: 'theirs' }));
    report.mockRestore();
  });

  it('yields the first of several answers, and tells onEvent of all', async () => {
    const events: GenerationEvent[] = [];
    const stream = createChatStream({
      start: async (onEvent) => {
        for (const [answer, delta] of ['A', 'B', 'C'].entries()) {
          onEvent({ answer, delta, generatedTokens: answer, droppedMessages: 0 });
        }
        const metrics = {} as GenerationResult['metrics'];
        return { text: 'A', answers: [], finishReason: 'stop', droppedMessages: 0, metrics, seed: 1 };
      },
      abort: () => {},
      onEvent: (event) => events.push(event),
    });
    expect(await collect(stream)).toEqual(['A']);
    expect(events.map(({ answer, delta }) => `${answer}${delta}`)).toEqual(['0A', '1B', '2C']);
  });
});
