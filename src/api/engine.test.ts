import { afterEach, describe, expect, it, vi } from 'vitest';
import { createFakeWorker, type FakeWorker } from '../../test/support/fake-worker.ts';
import { EngineError } from '../errors.ts';
import type { EngineHost, GenerateRequest } from '../protocol/host.ts';
import { createEngine, type Engine, type EngineOptions } from './engine.ts';
import type { FinishReason, GenerationResult, ModelInfo } from './types.ts';

const INFO = { id: 'tiny', contextLength: 512 } as ModelInfo;
const METRICS = {} as GenerationResult['metrics'];
const USER = [{ role: 'user', content: 'Hello' }] as const;
const cleanUp: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0)) await step();
});

/** A host whose generations are steered by the test. */
function createHost(overrides: Partial<EngineHost> = {}) {
  const requests: GenerateRequest[] = [];
  const running = new Map<
    number,
    { say(delta: string): void; end(reason: FinishReason): void; fail(e: Error): void }
  >();
  const host: EngineHost = {
    load: async (_request, onProgress) => {
      onProgress({
        phase: 'ready',
        loadedBytes: 1,
        totalBytes: 1,
        cachedBytes: 0,
        bytesPerSecond: 0,
        remainingMs: 0,
      });
      return INFO;
    },
    abortLoad: () => {},
    generate: (request, onEvent) =>
      new Promise((resolve, reject) => {
        let text = '';
        let generatedTokens = 0;
        requests.push(request);
        running.set(request.requestId, {
          say(delta) {
            text += delta;
            onEvent({ delta, generatedTokens: ++generatedTokens, droppedMessages: 2 });
          },
          end: (finishReason) =>
            resolve({ text, answers: [], finishReason, droppedMessages: 2, metrics: METRICS, seed: 1 }),
          fail: reject,
        });
      }),
    benchmark: () => Promise.reject(new Error('not part of this test')),
    abort: (requestId) => running.get(requestId)?.end('aborted'),
    perplexity: () => Promise.reject(new Error('not part of this test')),
    countTokens: (text) => text.length,
    memory: () => ({ weightsBytes: 1, kvCacheBytes: 2, scratchBytes: 3 }),
    dispose: async () => {},
    ...overrides,
  };
  const next = async (count: number) => {
    await expect.poll(() => requests.length).toBe(count);
    const generation = running.get(requests[count - 1].requestId);
    if (!generation) throw new Error('the request did not arrive');
    return generation;
  };
  return { host, requests, next };
}

async function start(overrides: Partial<EngineHost> = {}, options: Partial<EngineOptions> = {}) {
  const setup = createHost(overrides);
  const worker: FakeWorker = createFakeWorker(setup.host);
  cleanUp.push(() => worker.terminate());
  const engine = await createEngine({
    model: 'm.gguf',
    baseUrl: 'http://x/',
    worker: () => worker as unknown as Worker,
    ...options,
  });
  return { ...setup, worker, engine };
}

async function collect(stream: AsyncIterable<string>): Promise<string[]> {
  const pieces: string[] = [];
  for await (const piece of stream) pieces.push(piece);
  return pieces;
}

describe('createEngine', () => {
  it('loads the model and passes progress', async () => {
    const load = vi.fn(createHost().host.load);
    const phases: string[] = [];
    const { engine } = await start(
      { load },
      {
        onProgress: ({ phase }) => phases.push(phase),
        contextLength: 64,
        arithmetic: 'block',
        head: 'int6',
        autotune: 'cached',
      },
    );
    expect(engine.info).toEqual(INFO);
    expect(phases).toEqual(['ready']);
    const request = {
      model: 'm.gguf',
      baseUrl: 'http://x/',
      contextLength: 64,
      arithmetic: 'block',
      head: 'int6',
      autotune: 'cached',
    };
    expect(load.mock.calls[0][0]).toMatchObject(request);
  });

  it('leaves no worker behind when the load fails', async () => {
    const setup = createHost({ load: () => Promise.reject(new EngineError('bad-file', 'no magic')) });
    const worker = createFakeWorker(setup.host);
    const engine = createEngine({
      model: 'm.gguf',
      worker: worker as unknown as Worker,
      baseUrl: 'http://x/',
    });
    await expect(engine).rejects.toMatchObject({ code: 'bad-file' });
    expect(worker.terminated).toBe(true);
  });

  it('rejects with the reason of its signal at once and ends the worker', async () => {
    const worker = createFakeWorker(createHost({ load: () => new Promise(() => {}) }).host);
    const controller = new AbortController();
    const options = { model: 'm.gguf', baseUrl: 'http://x/', signal: controller.signal };
    const engine = createEngine({ ...options, worker: () => worker as unknown as Worker });
    setTimeout(() => controller.abort('changed my mind'), 10);
    await expect(engine).rejects.toBe('changed my mind');
    expect(worker.terminated).toBe(true);
    await expect(createEngine({ ...options, worker: () => expect.unreachable() })).rejects.toBe(
      'changed my mind',
    );
  });

  it.each([
    [{ model: '' }, 'model'],
    [{ model: 5 as never }, 'model'],
    [{ contextLength: 0 }, 'contextLength'],
    [{ contextLength: 1.5 }, 'contextLength'],
    [{ powerPreference: 'turbo' as never }, 'powerPreference'],
    [{ backend: 'gpu' as never }, 'backend'],
    [{ threads: 0 }, 'threads'],
    [{ kvCache: 'int2' as never }, 'kvCache'],
    [{ store: 'yes' as never }, 'store'],
    [{ arithmetic: 'fast' as never }, 'arithmetic'],
    [{ head: 'int5' as never }, 'head'],
    [{ autotune: true as never }, 'autotune'],
    [{ prefill: 'slow' as never }, 'prefill'],
  ])('refuses %j before it starts a worker', async (wrong, argument) => {
    const engine = createEngine({ model: 'm.gguf', worker: () => expect.unreachable(), ...wrong });
    await expect(engine).rejects.toMatchObject({ code: 'bad-argument', details: { argument } });
  });

  it("rejects with 'worker-crashed' when the worker cannot be created or dies", async () => {
    const refused = createEngine({
      model: 'm.gguf',
      worker: () => {
        throw new DOMException('cross-origin', 'SecurityError');
      },
    });
    await expect(refused).rejects.toMatchObject({ code: 'worker-crashed' });
    const worker = createFakeWorker(createHost({ load: () => new Promise(() => {}) }).host);
    const engine = createEngine({ model: 'm.gguf', worker: () => worker as unknown as Worker });
    setTimeout(() => worker.crash(), 5);
    await expect(engine).rejects.toMatchObject({ code: 'worker-crashed' });
  });
});

describe('Engine', () => {
  it("switches the model, one load at a time ('not-ready' for a second one)", async () => {
    const other = { ...INFO, id: 'other' };
    let finish: (info: ModelInfo) => void = () => {};
    const load = vi.fn<EngineHost['load']>().mockResolvedValueOnce(INFO);
    load.mockImplementation(() => new Promise((resolve) => (finish = resolve)));
    const { engine } = await start({ load });
    const second = engine.load('other.gguf');
    await expect(engine.load('third.gguf')).rejects.toMatchObject({ code: 'not-ready' });
    await expect.poll(() => load.mock.calls.length).toBe(2);
    finish(other);
    expect(await second).toEqual(other);
    expect(engine.info).toEqual(other);
  });

  it('aborts a load through the host and rejects with the reason of the signal', async () => {
    let abortLoad: () => void = () => {};
    const load = vi.fn<EngineHost['load']>().mockResolvedValueOnce(INFO);
    load.mockImplementation(
      () => new Promise((_, reject) => (abortLoad = () => reject(new DOMException('', 'AbortError')))),
    );
    const { engine } = await start({ load, abortLoad: () => abortLoad() });
    const controller = new AbortController();
    const second = engine.load('other.gguf', { signal: controller.signal });
    await expect.poll(() => load.mock.calls.length).toBe(2);
    controller.abort('other wish');
    await expect(second).rejects.toBe('other wish');
    expect(await engine.countTokens('still')).toBe(5);
  });

  it("has no info after a failed load ('not-ready')", async () => {
    let fail = false;
    const { engine } = await start({
      load: async () => {
        if (fail) throw new EngineError('network', 'gone');
        return INFO;
      },
    });
    fail = true;
    await expect(engine.load('other.gguf')).rejects.toMatchObject({ code: 'network' });
    expect(() => engine.info).toThrowError(expect.objectContaining({ code: 'not-ready' }));
  });

  it('counts tokens and tells the memory', async () => {
    const { engine } = await start();
    expect(await engine.countTokens('four')).toBe(4);
    expect(await engine.memory()).toEqual({ weightsBytes: 1, kvCacheBytes: 2, scratchBytes: 3 });
    await expect(engine.countTokens(5 as never)).rejects.toMatchObject({ code: 'bad-argument' });
  });

  it("rejects everything with 'not-ready' after dispose", async () => {
    const { engine, worker, next } = await start();
    const stream = engine.chat(USER);
    await next(1);
    await engine[Symbol.asyncDispose]();
    await engine.dispose();
    expect(worker.terminated).toBe(true);
    await expect(stream.result).rejects.toMatchObject({ code: 'not-ready' });
    await expect(engine.memory()).rejects.toMatchObject({ code: 'not-ready' });
    await expect(collect(engine.chat(USER))).rejects.toMatchObject({ code: 'not-ready' });
  });

  const invalid: [string, (engine: Engine) => unknown][] = [
    ['messages', (engine) => engine.chat([])],
    ['messages[0].role', (engine) => engine.chat([{ role: 'tool' as never, content: '' }])],
    ['messages[0].content', (engine) => engine.chat([{ role: 'user', content: null as never }])],
    ['prompt', (engine) => engine.generate(undefined as never)],
    ['temperature', (engine) => engine.chat(USER, { temperature: 5.1 })],
    ['topK', (engine) => engine.chat(USER, { topK: 1.5 })],
    ['topP', (engine) => engine.chat(USER, { topP: 0 })],
    ['minP', (engine) => engine.chat(USER, { minP: Number.NaN })],
    ['repetitionPenalty', (engine) => engine.chat(USER, { repetitionPenalty: 0.4 })],
    ['seed', (engine) => engine.chat(USER, { seed: -1 })],
    ['maxTokens', (engine) => engine.chat(USER, { maxTokens: 0 })],
    ['stop', (engine) => engine.chat(USER, { stop: [''] })],
    ['n', (engine) => engine.chat(USER, { n: 9 })],
    ['speculation', (engine) => engine.chat(USER, { speculation: 'eagle' as never })],
  ];
  it.each(invalid)("refuses a wrong %s with 'bad-argument', at once", async (argument, call) => {
    const { engine, requests } = await start();
    const error = expect.objectContaining({
      code: 'bad-argument',
      details: expect.objectContaining({ argument }),
    });
    expect(() => call(engine)).toThrowError(error);
    expect(requests).toEqual([]);
  });

  it('accepts both ends of each range', async () => {
    const { engine, next, requests } = await start();
    const low = {
      temperature: 0,
      topK: 0,
      topP: 1e-9,
      minP: 0,
      repetitionPenalty: 0.5,
      seed: 0,
      maxTokens: 1,
      n: 1,
      speculation: 'off' as const,
    };
    const high = {
      ...{ temperature: 5, topK: 1024, topP: 1, minP: 1, repetitionPenalty: 2, seed: 2 ** 32 - 1 },
      ...{ n: 8, speculation: 'prompt-lookup' as const },
    };
    engine.chat(USER, low);
    engine.chat(USER, { ...high, stop: ['\n'], signal: new AbortController().signal, onEvent: () => {} });
    await next(2);
    expect(requests.map((request) => request.options)).toEqual([low, { ...high, stop: ['\n'] }]);
    expect(requests.map((request) => request.messages)).toEqual([USER, USER]);
  });
});
