import { afterEach, describe, expect, it, vi } from 'vitest';
import { createFakeWorker } from '../../test/support/fake-worker.ts';
import type { EngineHost, PerplexityRequest } from '../protocol/host.ts';
import { createEngine, type Engine } from './engine.ts';
import type { ModelInfo, PerplexityReport } from './types.ts';

const REPORT = { tokens: 10, natsPerToken: 1.5 } as PerplexityReport;
const engines: Engine[] = [];

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

async function start(perplexity: EngineHost['perplexity'], abort: EngineHost['abort'] = () => {}) {
  const unexpected = (): never => {
    throw new Error('not part of this test');
  };
  const worker = createFakeWorker({
    load: async () => ({ id: 'tiny' }) as ModelInfo,
    abortLoad: unexpected,
    generate: unexpected,
    benchmark: unexpected,
    perplexity,
    abort,
    countTokens: unexpected,
    memory: unexpected,
    dispose: async () => {},
  });
  const engine = await createEngine({
    model: 'm.gguf',
    baseUrl: 'http://x/',
    worker: worker as unknown as Worker,
  });
  engines.push(engine);
  return engine;
}

describe('Engine.perplexity', () => {
  it('passes the text and the options that are given, and reports progress', async () => {
    const requests: PerplexityRequest[] = [];
    const engine = await start(async (request, onProgress) => {
      requests.push(request);
      onProgress({ doneWindows: 1, totalWindows: 2, natsPerToken: 1.25 });
      return REPORT;
    });
    const onProgress = vi.fn();
    const options = { windowTokens: 256, windows: 2, beginToken: false, onProgress, stray: 1 };
    expect(await engine.perplexity('text', options)).toEqual(REPORT);
    expect(requests).toMatchObject([
      { text: 'text', options: { windowTokens: 256, windows: 2, beginToken: false } },
    ]);
    expect(Object.keys(requests[0].options)).toEqual(['windowTokens', 'windows', 'beginToken']);
    expect(onProgress).toHaveBeenCalledExactlyOnceWith({
      doneWindows: 1,
      totalWindows: 2,
      natsPerToken: 1.25,
    });
  });

  it.each([{ windowTokens: 0 }, { strideTokens: 1.5 }, { windows: Number.NaN }])(
    'refuses %o before the worker is asked',
    async (options) => {
      const perplexity = vi.fn(async () => REPORT);
      const engine = await start(perplexity);
      await expect(engine.perplexity('text', options)).rejects.toMatchObject({ code: 'bad-argument' });
      expect(perplexity).not.toHaveBeenCalled();
    },
  );

  it("rejects with the signal's reason and tells the worker to stop", async () => {
    let stop: (reason: unknown) => void = () => {};
    const abort = vi.fn(() => stop(new DOMException('stopped', 'AbortError')));
    const engine = await start(
      () =>
        new Promise((_, reject) => {
          stop = reject;
        }),
      abort,
    );
    const controller = new AbortController();
    const running = engine.perplexity('text', { signal: controller.signal });
    const reason = new Error('no longer wanted');
    setTimeout(() => controller.abort(reason), 20);
    await expect(running).rejects.toBe(reason);
    expect(abort).toHaveBeenCalledOnce();
  });
});
