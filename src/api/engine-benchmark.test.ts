import { afterEach, describe, expect, it, vi } from 'vitest';
import { createFakeWorker } from '../../test/support/fake-worker.ts';
import type { BenchmarkRequest, EngineHost } from '../protocol/host.ts';
import type { BenchmarkReport } from './benchmark-types.ts';
import { createEngine, type Engine } from './engine.ts';
import type { ModelInfo } from './types.ts';

const REPORT = { format: 'sterna-benchmark', version: 1 } as BenchmarkReport;
let engine: Engine | null = null;

afterEach(async () => {
  await engine?.dispose();
});

async function start(
  benchmark: EngineHost['benchmark'],
  abort: EngineHost['abort'] = () => {},
): Promise<Engine> {
  const unexpected = (): never => {
    throw new Error('not part of this test');
  };
  const host: EngineHost = {
    load: async () => ({ id: 'tiny' }) as ModelInfo,
    abortLoad: unexpected,
    generate: unexpected,
    perplexity: unexpected,
    benchmark,
    abort,
    countTokens: unexpected,
    memory: unexpected,
    dispose: async () => {},
  };
  const worker = createFakeWorker(host) as unknown as Worker;
  engine = await createEngine({ model: { synthetic: 'bitnet-2b' }, baseUrl: 'http://local/', worker });
  return engine;
}

describe('Engine.benchmark', () => {
  it('passes options, progress and the report', async () => {
    const host = vi.fn<EngineHost['benchmark']>(async (_request, onProgress) => {
      onProgress({ stage: 'test', label: 'tg32', done: 1, total: 2 });
      return REPORT;
    });
    const onProgress = vi.fn();
    const running = await start(host);
    const report = await running.benchmark({ tests: ['tg32'], depths: [0, 64], repeats: 2, onProgress });
    expect(report).toEqual(REPORT);
    const request: BenchmarkRequest | undefined = host.mock.calls[0]?.[0];
    expect(request?.options).toMatchObject({ tests: ['tg32'], depths: [0, 64], repeats: 2 });
    expect(onProgress).toHaveBeenCalledWith({ stage: 'test', label: 'tg32', done: 1, total: 2 });
  });

  it('aborts by its signal, with the reason of the signal', async () => {
    let fail: (error: Error) => void = () => {};
    const running = await start(
      () => new Promise<BenchmarkReport>((_, reject) => (fail = reject)),
      () => fail(new DOMException('stopped', 'AbortError')),
    );
    const controller = new AbortController();
    const result = running.benchmark({ signal: controller.signal });
    const reason = new Error('enough');
    setTimeout(() => controller.abort(reason), 20);
    await expect(result).rejects.toBe(reason);
  });

  it.each([
    [{ tests: [] }, 'tests'],
    [{ tests: Array.from({ length: 17 }, () => 'tg1') }, 'tests'],
    [{ tests: [3 as unknown as string] }, 'tests'],
    [{ depths: [-1] }, 'depths'],
    [{ depths: [1.5] }, 'depths'],
    [{ repeats: 0 }, 'repeats'],
    [{ repeats: 101 }, 'repeats'],
    [{ maxSecondsPerTest: 0 }, 'maxSecondsPerTest'],
  ])('refuses %j', async (options, argument) => {
    const running = await start(async () => REPORT);
    await expect(running.benchmark(options)).rejects.toMatchObject({
      code: 'bad-argument',
      details: { argument },
    });
  });
});
