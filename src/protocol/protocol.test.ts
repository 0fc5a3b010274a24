import * as comlink from 'comlink';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createFakeWorker, type FakeWorker } from '../../test/support/fake-worker.ts';
import { EngineError } from '../errors.ts';
import { connectEngineHost } from './connection.ts';
import { asPublicError, fromErrorRecord, toErrorRecord } from './error-record.ts';
import type { EngineHost, GenerateRequest, GenerationEvent, LoadRequest } from './host.ts';

const LOAD: LoadRequest = { model: 'm.gguf', baseUrl: 'http://x/' };
const GENERATE: GenerateRequest = { requestId: 1, prompt: 'hi', options: {} };
const workers: FakeWorker[] = [];
const never = () => new Promise<never>(() => {});

afterEach(() => {
  for (const worker of workers.splice(0)) worker.terminate();
});

function connect(host: Partial<EngineHost>) {
  const unexpected = (): never => {
    throw new Error('not part of this test');
  };
  const worker = createFakeWorker({
    load: unexpected,
    abortLoad: unexpected,
    generate: unexpected,
    benchmark: unexpected,
    abort: unexpected,
    perplexity: unexpected,
    countTokens: unexpected,
    memory: unexpected,
    dispose: async () => {},
    ...host,
  });
  workers.push(worker);
  return { worker, connection: connectEngineHost(worker) };
}

describe('errors across the boundary', () => {
  it('keeps code, details, message and the chain of causes of an EngineError', async () => {
    const root = new TypeError('root');
    const middle = new EngineError('network', 'middle', { details: { status: 404 }, cause: root });
    const top = new EngineError('storage', 'top', {
      details: { a: 1, b: 'x', c: true, d: null },
      cause: middle,
    });
    const { connection } = connect({ load: () => Promise.reject(top) });
    const error = (await connection.load(LOAD, () => {}).catch((reason: unknown) => reason)) as EngineError;
    expect(error).toBeInstanceOf(EngineError);
    expect(error).toMatchObject({ code: 'storage', message: 'top', details: top.details });
    expect(error.stack).toBe(top.stack);
    expect(error.cause).toBeInstanceOf(EngineError);
    expect(error.cause).toMatchObject({ code: 'network', details: { status: 404 } });
    expect((error.cause as EngineError).cause).toMatchObject({ name: 'TypeError', message: 'root' });
  });

  it('keeps an AbortError an AbortError', async () => {
    const { connection } = connect({ load: () => Promise.reject(new DOMException('stopped', 'AbortError')) });
    const error = await connection.load(LOAD, () => {}).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DOMException);
    expect(error).toMatchObject({ name: 'AbortError', message: 'stopped' });
  });

  it.each([
    [new TypeError('x is undefined'), 'gpu-error'],
    [new RangeError('Array buffer allocation failed'), 'out-of-memory'],
    ['just text', 'gpu-error'],
    [undefined, 'gpu-error'],
  ])('turns %s into an EngineError with code %s', async (thrown, code) => {
    const { connection } = connect({
      countTokens: () => {
        throw thrown;
      },
    });
    await expect(connection.countTokens('a')).rejects.toMatchObject({ name: 'EngineError', code });
  });

  it('survives a cause that points at itself', () => {
    const error = new Error('loop');
    error.cause = error;
    const back = fromErrorRecord(structuredClone(toErrorRecord(error)));
    expect(back).toMatchObject({ message: 'loop', cause: { message: 'loop' } });
    expect(asPublicError(error)).toMatchObject({ code: 'gpu-error', cause: error });
  });

  it('leaves the errors of other users of comlink as they were', async () => {
    connect({}); // installs our handler
    const { port1, port2 } = new MessageChannel();
    comlink.expose(
      { fail: () => Promise.reject(Object.assign(new RangeError('theirs'), { code: 5 })) },
      port2,
    );
    const remote = comlink.wrap<{ fail(): Promise<void> }>(port1);
    const error = await remote.fail().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'RangeError', message: 'theirs' });
    port1.close();
  });
});

describe('calls and callbacks', () => {
  it('passes requests and results', async () => {
    const load = vi.fn(async () => ({ id: 'tiny' }) as never);
    const { connection } = connect({ load, countTokens: (text) => text.length });
    expect(await connection.load(LOAD, () => {})).toEqual({ id: 'tiny' });
    expect(load).toHaveBeenCalledWith(LOAD, expect.any(Function));
    expect(await connection.countTokens('four')).toBe(4);
  });

  it('delivers every event, in order, before the result', async () => {
    const { connection } = connect({
      generate: async (_request, onEvent) => {
        for (let i = 0; i < 100; i++) onEvent({ delta: `${i} `, generatedTokens: i, droppedMessages: 0 });
        return { text: 'done' } as never;
      },
    });
    const events: GenerationEvent[] = [];
    await connection.generate(GENERATE, (event) => events.push(event));
    expect(events.map((event) => event.generatedTokens)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('does not let a failing callback end the generation', async () => {
    const { connection } = connect({
      generate: async (_request, onEvent) => {
        onEvent({ delta: 'a', generatedTokens: 1, droppedMessages: 0 });
        return { text: 'a' } as never;
      },
    });
    const result = connection.generate(GENERATE, () => {
      throw new Error('in the page');
    });
    expect(await result).toEqual({ text: 'a' });
  });

  it('delivers an abort while a generation runs', async () => {
    let resolveAbort: (id: number) => void = () => {};
    const aborted = new Promise<number>((resolve) => {
      resolveAbort = resolve;
    });
    const { connection } = connect({
      generate: async () => ({ text: String(await aborted) }) as never,
      abort: (requestId) => resolveAbort(requestId),
    });
    const result = connection.generate(GENERATE, () => {});
    connection.abort(1);
    expect(await result).toEqual({ text: '1' });
  });
});

describe('the death of the worker', () => {
  it('rejects pending and later calls and ends the worker', async () => {
    const { worker, connection } = connect({ load: never, generate: never });
    const pending = [connection.load(LOAD, () => {}), connection.generate(GENERATE, () => {})];
    worker.crash('boom');
    for (const call of pending) {
      await expect(call).rejects.toMatchObject({ code: 'worker-crashed', details: { reason: 'boom' } });
    }
    await expect(connection.countTokens('x')).rejects.toMatchObject({ code: 'worker-crashed' });
    expect(worker.terminated).toBe(true);
    connection.abort(1);
    await connection.dispose();
  });

  it('explains a script that could not be loaded', async () => {
    const { worker, connection } = connect({ load: never });
    const pending = connection.load(LOAD, () => {});
    worker.crash();
    await expect(pending).rejects.toThrow(/script could not be loaded/);
  });

  it('takes an unreadable message for a crash', async () => {
    const { worker, connection } = connect({ load: never });
    const pending = connection.load(LOAD, () => {});
    worker.failMessage();
    await expect(pending).rejects.toMatchObject({ code: 'worker-crashed' });
  });
});

describe('dispose', () => {
  it("lets the host free the GPU, ends the worker and rejects what is pending with 'not-ready'", async () => {
    const dispose = vi.fn(async () => {});
    const { worker, connection } = connect({ generate: never, dispose });
    const pending = connection.generate(GENERATE, () => {});
    pending.catch(() => {});
    await connection.dispose();
    await connection.dispose();
    expect(dispose).toHaveBeenCalledTimes(1);
    expect(worker.terminated).toBe(true);
    await expect(pending).rejects.toMatchObject({ code: 'not-ready' });
    await expect(connection.memory()).rejects.toMatchObject({ code: 'not-ready' });
  });

  it('ends a worker that does not answer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { worker, connection } = connect({ dispose: never });
    const disposed = connection.dispose();
    await vi.advanceTimersByTimeAsync(2000);
    await disposed;
    vi.useRealTimers();
    expect(worker.terminated).toBe(true);
  });
});
