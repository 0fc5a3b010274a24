import { describe, expect, it } from 'vitest';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { ChatRendering } from './chat-prompt.ts';
import { Scheduler, type SchedulerRequest, type TokenSource } from './scheduler.ts';

const END = 0;

// Ids are UTF-16 code units; END ends a turn.
const tokenizer: Tokenizer = {
  kind: 'code units',
  vocabularySize: 65536,
  bosId: null,
  eosId: END,
  endIds: new Set([END]),
  addBosByDefault: false,
  controlTokens: new Map(),
  encode: (text) => Array.from({ length: text.length }, (_, index) => text.charCodeAt(index)),
  decode: (ids) => String.fromCharCode(...ids),
  tokenText: (id) => String.fromCharCode(id),
  createStreamDecoder: () => ({ push: (id) => String.fromCharCode(id), flush: () => '' }),
};

// Answers every prompt with the same text; counts how many runs overlap.
class Parrot implements TokenSource {
  running = 0;
  mostRunning = 0;
  finished = 0;
  readonly seeds: number[] = [];
  takesParallel = true;
  readonly #answer: string;

  constructor(answer: string) {
    this.#answer = answer;
  }

  // Answer i begins with i times an exclamation mark, so that the answers differ in length.
  async *runParallel(
    promptIds: readonly number[],
    answers: number,
    { maxTokens, signal, onPrefilled }: Parameters<TokenSource['runParallel']>[2],
  ) {
    onPrefilled?.(promptIds.length - 1);
    const texts = Array.from({ length: answers }, (_, index) =>
      tokenizer.encode('!'.repeat(index) + this.#answer),
    );
    for (let step = 0; step < maxTokens; step++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (signal?.aborted) return;
      // What comes after the end must not matter.
      yield texts.map((ids) => (step === ids.length ? END : (ids[step] ?? 63)));
    }
    this.finished++;
  }

  async *run(
    _: readonly number[],
    { maxTokens, signal, onPrefilled, settings }: Parameters<TokenSource['run']>[1],
  ) {
    this.seeds.push(settings.seed);
    this.running++;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    try {
      onPrefilled?.(1);
      const ids = [...tokenizer.encode(this.#answer), END].slice(0, maxTokens);
      for (const id of ids) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (signal?.aborted) return;
        yield id;
      }
    } finally {
      this.running--;
      this.finished++;
    }
  }
}

function setUp(answer: string) {
  const source = new Parrot(answer);
  const renderings: ChatRendering[] = [];
  const scheduler = new Scheduler({
    source,
    tokenizer,
    encodeChat: (messages, rendering) => {
      renderings.push(rendering);
      return tokenizer.encode(messages.map((message) => message.content).join(''));
    },
    contextLength: 200,
    recommendedSampling: { temperature: 0.4 },
  });
  const deltas: string[] = [];
  const thoughts: string[] = [];
  const request = (extra: Partial<SchedulerRequest> = {}): SchedulerRequest => ({
    messages: [{ role: 'user', content: 'Hello' }],
    options: {},
    signal: new AbortController().signal,
    onDelta: (delta, { thinking }) => {
      deltas.push(delta);
      if (thinking) thoughts.push(thinking);
    },
    ...extra,
  });
  return { source, scheduler, deltas, thoughts, renderings, request };
}

describe('Scheduler', () => {
  it('streams the answer without its leading space and reports the metrics', async () => {
    const { scheduler, deltas, request } = setUp(' Hi you');
    const result = await scheduler.generate(request());
    expect(result).toMatchObject({ text: 'Hi you', finishReason: 'stop', droppedMessages: 0 });
    expect(deltas.join('')).toBe('Hi you');
    expect(result.metrics).toMatchObject({ promptTokens: 5, reusedTokens: 1, generatedTokens: 8 });
    expect(result.metrics.timeToFirstTokenMs).toBeGreaterThan(0);
    expect(result.metrics.generatedBytes).toBe(new TextEncoder().encode(result.text).length);
  });

  it('keeps the leading space of a plain completion', async () => {
    const { scheduler, request } = setUp(' then');
    const result = await scheduler.generate(request({ messages: undefined, prompt: 'Once' }));
    expect(result.text).toBe(' then');
  });

  it('runs one generation at a time, in order', async () => {
    const { scheduler, source, request } = setUp('abc');
    const order: number[] = [];
    await Promise.all([1, 2, 3].map((n) => scheduler.generate(request()).then(() => order.push(n))));
    expect(order).toEqual([1, 2, 3]);
    expect(source.mostRunning).toBe(1);
  });

  it('goes on with the queue after a generation failed', async () => {
    const { scheduler, request } = setUp('abc');
    const failing = scheduler.generate(request({ messages: [] }));
    const next = scheduler.generate(request());
    await expect(failing).rejects.toMatchObject({ code: 'bad-argument' });
    expect((await next).text).toBe('abc');
  });

  it('ends at a stop string, which is not shown', async () => {
    const { scheduler, source, deltas, request } = setUp('one END two');
    const result = await scheduler.generate(request({ options: { stop: ['END'] } }));
    expect(result).toMatchObject({ text: 'one ', finishReason: 'stop' });
    expect(deltas.join('')).toBe('one ');
    expect(source.finished).toBe(1);
  });

  it('says length when maxTokens is reached, and keeps text held back for a stop string', async () => {
    const { scheduler, request } = setUp('abcEN');
    const result = await scheduler.generate(request({ options: { maxTokens: 5, stop: ['END'] } }));
    expect(result).toMatchObject({ text: 'abcEN', finishReason: 'length' });
  });

  it('resolves with the text so far when aborted', async () => {
    const { scheduler, request } = setUp('a long answer that is cut');
    const controller = new AbortController();
    const result = await scheduler.generate(
      request({ signal: controller.signal, onDelta: () => controller.abort() }),
    );
    expect(result).toMatchObject({ text: 'a', finishReason: 'aborted' });
  });

  it('resolves a queued request that is aborted before its turn without running it', async () => {
    const { scheduler, source, request } = setUp('abc');
    const controller = new AbortController();
    const first = scheduler.generate(request());
    const second = scheduler.generate(request({ signal: controller.signal }));
    controller.abort();
    await first;
    expect(await second).toMatchObject({ text: '', finishReason: 'aborted' });
    expect(source.finished).toBe(1);
  });

  it('tells thinking from answer, and looks for stop strings in the answer only', async () => {
    const { scheduler, deltas, thoughts, request } = setUp('<think>\nso END it\n</think>\n\nYes END no');
    const result = await scheduler.generate(request({ options: { stop: ['END'] } }));
    expect(result).toMatchObject({ text: 'Yes ', thinking: 'so END it', finishReason: 'stop' });
    expect(deltas.join('')).toBe('Yes ');
    expect(thoughts.join('')).toBe('so END it');
  });

  it('knows that a prompt which ends in the opening tag begins inside the thinking', async () => {
    const { scheduler, request } = setUp('hm</think>Yes');
    const messages = [{ role: 'user', content: 'Well?<think>\n' }] as const;
    expect(await scheduler.generate(request({ messages }))).toMatchObject({ text: 'Yes', thinking: 'hm' });
  });

  it('reports the thinking of an answer that was cut in the middle of it, and none where there is none', async () => {
    const cut = setUp('<think>so it is</think>Yes');
    const result = await cut.scheduler.generate(cut.request({ options: { maxTokens: 9 } }));
    expect(result).toMatchObject({ text: '', thinking: 'so', finishReason: 'length' });
    const plain = setUp('Yes');
    expect(await plain.scheduler.generate(plain.request())).not.toHaveProperty('thinking');
  });

  it('leaves the tags in a plain completion', async () => {
    const { scheduler, request } = setUp('<think>a</think>b');
    const result = await scheduler.generate(request({ messages: undefined, prompt: 'Once' }));
    expect(result.text).toBe('<think>a</think>b');
  });

  it('passes on whether the model may think; by default it may not', async () => {
    const { scheduler, renderings, request } = setUp('a');
    await scheduler.generate(request());
    await scheduler.generate(request({ options: { enableThinking: true } }));
    expect(renderings).toEqual([{ enableThinking: false }, { enableThinking: true }]);
  });

  it('uses the given seed and reports it', async () => {
    const { scheduler, request } = setUp('abc');
    expect((await scheduler.generate(request({ options: { seed: 7 } }))).seed).toBe(7);
  });

  it('generates several answers side by side, each to its own end', async () => {
    const { scheduler, request } = setUp('Hi. Bye.');
    const events: string[] = [];
    const result = await scheduler.generate(
      request({
        options: { n: 3, seed: 0xffff_ffff, stop: ['!Hi'], maxTokens: 40 },
        onDelta: (delta, { answer }) => events.push(`${answer}${delta}`),
      }),
    );
    expect(result.answers).toMatchObject([
      { text: 'Hi. Bye.', finishReason: 'stop', seed: 0xffff_ffff, generatedTokens: 9 },
      { text: '', finishReason: 'stop', seed: 0, generatedTokens: 3 },
      { text: '!', finishReason: 'stop', seed: 1, generatedTokens: 4 },
    ]);
    expect(result).toMatchObject({ text: 'Hi. Bye.', finishReason: 'stop', seed: 0xffff_ffff });
    expect(result.metrics.generatedTokens).toBe(16);
    expect(events.filter((event) => event.startsWith('0')).join('')).toBe('0H0i0.0 0B0y0e0.');
  });

  it('says of each answer why it ended', async () => {
    const { scheduler, request } = setUp('Hi.');
    const { answers } = await scheduler.generate(request({ options: { n: 2, maxTokens: 4 } }));
    expect(answers.map(({ text, finishReason }) => [text, finishReason])).toEqual([
      ['Hi.', 'stop'],
      ['!Hi.', 'length'],
    ]);
  });

  it('aborts the answers that have not ended', async () => {
    const { scheduler, request } = setUp('Hi. Bye.');
    const controller = new AbortController();
    const { answers } = await scheduler.generate(
      request({
        options: { n: 2 },
        signal: controller.signal,
        onDelta: (delta, { answer }) => {
          if (answer === 1 && delta === 'e') controller.abort();
        },
      }),
    );
    expect(answers.map(({ finishReason }) => finishReason)).toEqual(['aborted', 'aborted']);
    expect(answers[1].text).toBe('!Hi. Bye');
  });

  it('generates them one after the other where a pass takes one token only', async () => {
    const { scheduler, request, source } = setUp('Hi.');
    source.takesParallel = false;
    const { answers } = await scheduler.generate(request({ options: { n: 3, seed: 5 } }));
    expect(source.seeds).toEqual([5, 6, 7]);
    expect(answers.map(({ text, seed }) => [text, seed])).toEqual([
      ['Hi.', 5],
      ['Hi.', 6],
      ['Hi.', 7],
    ]);
  });

  it('reports that answers side by side are not guessed', async () => {
    const { scheduler, request } = setUp('Hi.');
    const { metrics } = await scheduler.generate(
      request({ options: { n: 2, speculation: 'prompt-lookup' } }),
    );
    expect(metrics.speculation?.unavailable).toMatch(/side by side/);
  });
});
