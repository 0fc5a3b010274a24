import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type RangeServer, startRangeServer } from '../../test/support/range-server.ts';
import { readExactly } from './body-reader.ts';
import { type Fetch, requestRange } from './http-ranges.ts';
import { RemoteFile, type RemoteFileOptions } from './remote-file.ts';
import { TransientFailure, withRetry } from './retry.ts';

const FILE = Uint8Array.from({ length: 250 }, (_, i) => i);
let server: RangeServer;

beforeEach(async () => {
  server = await startRangeServer(FILE);
});
afterEach(() => server.close());

function remote(options: Partial<RemoteFileOptions> = {}): RemoteFile {
  return new RemoteFile({
    url: server.url,
    chunkBytes: 100,
    sizeBytes: null,
    validators: null,
    compareValidators: true,
    fetch: (url, init) => fetch(url, init),
    signal: new AbortController().signal,
    retry: { baseDelayMs: 1 },
    ...options,
  });
}

const answering =
  (
    status: number,
    headers: Record<string, string>,
    body: Uint8Array<ArrayBuffer> = FILE.slice(0, 100),
  ): Fetch =>
  () =>
    Promise.resolve(new Response(body, { status, headers }));

describe('requests and retries', () => {
  it('tries a failing server three times, then reports status and URL', async () => {
    server.behaviour.faults = [503, 500, 502, 206];
    const failure = remote().fetchChunk(0);
    await expect(failure).rejects.toMatchObject({
      code: 'network',
      details: { status: 502, url: server.url },
    });
    expect(server.requests).toHaveLength(3);
  });

  it.each([503, 429, 408, 'cut'] as const)('recovers from one %s', async (fault) => {
    server.behaviour.faults = [fault];
    expect(await remote().fetchChunk(0)).toEqual(FILE.subarray(0, 100));
    expect(server.requests).toHaveLength(2);
  });

  it.each([404, 403, 416])('does not try again after %i', async (status) => {
    server.behaviour.faults = [status];
    await expect(remote().fetchChunk(0)).rejects.toMatchObject({ code: 'network', details: { status } });
    expect(server.requests).toHaveLength(1);
  });

  it('reports a refused connection as network error with its cause', async () => {
    await server.close();
    const failure = remote({ retry: { tries: 1 } }).fetchChunk(0);
    await expect(failure).rejects.toMatchObject({ code: 'network', details: { url: server.url } });
    await expect(failure).rejects.toHaveProperty('cause');
  });

  it('gives up at once when the browser knows that it is offline', async () => {
    vi.stubGlobal('navigator', { onLine: false });
    const task = vi.fn(() => remote({ fetch: () => Promise.reject(new TypeError('no')) }).fetchChunk(0));
    await expect(task()).rejects.toMatchObject({ code: 'network' });
    vi.unstubAllGlobals();
  });

  it('ends the wait between tries with the reason of the signal', async () => {
    const controller = new AbortController();
    server.behaviour.faults = [503, 503, 503];
    const chunk = remote({ signal: controller.signal, retry: { baseDelayMs: 60_000 } }).fetchChunk(0);
    setTimeout(() => controller.abort('no more'), 20);
    await expect(chunk).rejects.toBe('no more');
  });
});

describe('checks of the answer', () => {
  const request = { url: 'http://x/m.gguf', offsetBytes: 0, lengthBytes: 100 };

  it('accepts the range that was asked for, also when the file ends before', async () => {
    const whole = await requestRange({
      ...request,
      fetch: answering(206, { 'content-range': 'bytes 0-99/250' }),
    });
    expect(whole).toMatchObject({ kind: 'range', totalBytes: 250 });
    const short = await requestRange({
      ...request,
      fetch: answering(206, { 'content-range': 'bytes 0-9/10' }, FILE.slice(0, 10)),
    });
    expect(short).toMatchObject({ kind: 'range', totalBytes: 10, bytes: FILE.slice(0, 10) });
  });

  it.each(['bytes 1-100/250', 'bytes 0-98/250', 'bytes 0-99/99', 'items 0-99/250', 'bytes 0-9e1/250', ''])(
    'refuses Content-Range "%s"',
    async (header) => {
      const reply = requestRange({ ...request, fetch: answering(206, { 'content-range': header }) });
      await expect(reply).rejects.toMatchObject({ code: 'network', details: { status: 206 } });
    },
  );

  it('refuses a body shorter (to be tried again) or longer than its range', async () => {
    const headers = { 'content-range': 'bytes 0-99/250' };
    const short = requestRange({ ...request, fetch: answering(206, headers, FILE.slice(0, 99)) });
    await expect(short).rejects.toBeInstanceOf(TransientFailure);
    const long = requestRange({ ...request, fetch: answering(206, headers, FILE.slice(0, 101)) });
    await expect(long).rejects.toMatchObject({ code: 'network' });
  });

  it('works without Content-Range when the size is known, and says what to do when it is not', async () => {
    server.behaviour.hideContentRange = true;
    expect(await remote({ sizeBytes: 250 }).fetchChunk(2)).toEqual(FILE.subarray(200));
    await expect(remote().fetchChunk(0)).rejects.toThrow(/Access-Control-Expose-Headers/);
  });

  it('accepts a weakened ETag, refuses another one, and ignores it where hashes decide', async () => {
    const validators = { etag: '"v1"', lastModified: null };
    server.behaviour.etag = 'W/"v1"';
    expect(await remote({ validators }).fetchChunk(0)).toHaveLength(100);
    server.behaviour.etag = '"v2"';
    const changed = { code: 'integrity', details: { changed: true } };
    await expect(remote({ validators }).fetchChunk(0)).rejects.toMatchObject(changed);
    expect(await remote({ validators, compareValidators: false }).fetchChunk(0)).toHaveLength(100);
  });

  it('sends one request only until it knows how the server answers', async () => {
    server.behaviour.ranges = 'ignore';
    const file = remote({ sizeBytes: 250 });
    const chunks = await Promise.all([0, 1, 2].map((index) => file.fetchChunk(index)));
    expect(chunks).toEqual([FILE.subarray(0, 100), FILE.subarray(100, 200), FILE.subarray(200)]);
    expect(server.requests).toHaveLength(1);
  });
});

describe('reading a body', () => {
  it('takes a connection on which nothing arrives for dead', async () => {
    const silent = new ReadableStream<Uint8Array<ArrayBuffer>>();
    const read = readExactly(silent, 10, { url: 'http://x', stallMs: 10 });
    await expect(read).rejects.toThrow(/nothing arrived for 10 ms/);
  });

  it('passes other errors through without trying again', async () => {
    const task = vi.fn(() => Promise.reject(new RangeError('a defect')));
    await expect(withRetry(task, { baseDelayMs: 1 })).rejects.toBeInstanceOf(RangeError);
    expect(task).toHaveBeenCalledTimes(1);
  });
});
