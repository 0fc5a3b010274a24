// The test server is itself under test: a server that miscounts or never fails would prove nothing.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from './server.ts';

const BYTES = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251);
let folder: string;
let server: TestServer;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'sterna-server-'));
  writeFileSync(path.join(folder, 'model.gguf'), BYTES);
  writeFileSync(path.join(folder, 'index.html'), '<title>x</title>');
  server = await startServer({ folders: { '/': folder } });
});

afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const get = (name: string, range?: string) =>
  fetch(server.url + name, { headers: range === undefined ? {} : { range } });

describe('startServer', () => {
  it('serves files whole and in ranges, and counts both', async () => {
    expect(new Uint8Array(await (await get('model.gguf')).arrayBuffer())).toEqual(BYTES);
    const part = await get('model.gguf', 'bytes=10-19');
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe('bytes 10-19/100000');
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(BYTES.slice(10, 20));
    expect(server.requests).toMatchObject([
      { path: '/model.gguf', range: null, status: 200, sentBytes: 100_000 },
      { path: '/model.gguf', range: 'bytes=10-19', status: 206, sentBytes: 10 },
    ]);
  });

  it.each([
    ['bytes=-5', 206, 5],
    ['bytes=99990-', 206, 10],
    ['bytes=100000-', 416, 0],
  ])('answers range %s with %i', async (range, status, length) => {
    const response = await get('model.gguf', range);
    expect(response.status).toBe(status);
    expect((await response.arrayBuffer()).byteLength).toBe(length);
  });

  it('serves index.html for the root, and nothing outside its folder', async () => {
    expect(await (await get('')).text()).toContain('<title>');
    expect((await get('none.js')).status).toBe(404);
    expect((await get('..%2f..%2fetc%2fpasswd')).status).toBe(404);
  });

  it('serves a substitute instead of the file', async () => {
    server.substitute('/model.gguf', Uint8Array.of(1, 2, 3));
    expect((await (await get('model.gguf')).arrayBuffer()).byteLength).toBe(3);
  });

  it('slows an answer down', async () => {
    server.throttle(/gguf$/, 400_000);
    const started = performance.now();
    await (await get('model.gguf')).arrayBuffer();
    expect(performance.now() - started).toBeGreaterThan(200);
  });

  it('cuts an answer when it goes offline, and serves again on the same port', async () => {
    server.throttle(/gguf$/, 100_000);
    const body = (await get('model.gguf')).arrayBuffer();
    await server.goOffline();
    await expect(body).rejects.toThrow();
    await expect(get('index.html')).rejects.toThrow();
    await server.goOnline();
    server.throttle(/gguf$/, null);
    expect((await get('index.html')).status).toBe(200);
  });
});
