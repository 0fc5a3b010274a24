// The static server, as a process of its own on a folder made for the test.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const SCRIPT = new URL('./serve.mjs', import.meta.url).pathname;
const MODEL = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 251));

let folder;
let server;

/** Starts the server and waits for its address, or for its end. */
function start(...args) {
  const child = spawn(process.execPath, [SCRIPT, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  return new Promise((resolve) => {
    let errors = '';
    child.stderr.on('data', (data) => {
      errors += data;
    });
    child.stdout.on('data', (data) => {
      resolve({ child, port: Number(/localhost:(\d+)/.exec(data)?.[1]) });
    });
    child.on('exit', (code) => resolve({ code, errors }));
  });
}

/** A request whose path is sent as it is, with its dots. */
function get(path, headers = {}, method = 'GET') {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: server.port, path, headers, method }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }),
      );
    })
      .on('error', reject)
      .end();
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sterna-serve-'));
  await mkdir(join(folder, 'page', 'models'), { recursive: true });
  await writeFile(join(folder, 'secret.txt'), 'secret');
  await writeFile(join(folder, 'page', '.hidden'), 'hidden');
  await writeFile(join(folder, 'page', 'index.html'), '<!doctype html><p>page</p>');
  await writeFile(join(folder, 'page', 'models', 'm.gguf'), MODEL);
  server = await start(join(folder, 'page'), '--port', '0');
});

afterAll(async () => {
  server.child.kill();
  await rm(folder, { recursive: true, force: true });
});

describe('serve', () => {
  it('answers a folder with its index.html, typed and not to be guessed', async () => {
    const { status, headers, body } = await get('/?x=1');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(body.toString()).toContain('page');
  });

  it.each([
    ['bytes=0-9', 0, 10],
    ['bytes=990-', 990, 1000],
    ['bytes=-10', 990, 1000],
    ['bytes=500-99999', 500, 1000],
  ])('answers the range %s with its bytes', async (range, start, end) => {
    const { status, headers, body } = await get('/models/m.gguf', { range });
    expect(status).toBe(206);
    expect(headers['content-range']).toBe(`bytes ${start}-${end - 1}/1000`);
    expect(body.equals(MODEL.subarray(start, end))).toBe(true);
  });

  it.each(['bytes=1000-', 'bytes=-0'])('refuses the range %s, which is beyond the file', async (range) => {
    const { status, headers } = await get('/models/m.gguf', { range });
    expect(status).toBe(416);
    expect(headers['content-range']).toBe('bytes */1000');
  });

  it.each(['lines=1-2', 'bytes=5-2', 'bytes=0-1,4-5', 'bytes=-'])(
    'answers %s with the whole file',
    async (range) => {
      const { status, body } = await get('/models/m.gguf', { range });
      expect(status).toBe(200);
      expect(body.length).toBe(1000);
    },
  );

  it('answers a range of a file that changed since with the whole file', async () => {
    const { status } = await get('/models/m.gguf', { range: 'bytes=0-9', 'if-range': '"other"' });
    expect(status).toBe(200);
  });

  it('answers HEAD without a body, and an unchanged file with 304', async () => {
    const head = await get('/models/m.gguf', {}, 'HEAD');
    expect([head.status, head.headers['content-length'], head.body.length]).toEqual([200, '1000', 0]);
    expect((await get('/models/m.gguf', { 'if-none-match': head.headers.etag })).status).toBe(304);
  });

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/models/..%2f..%2fsecret.txt',
    '/.hidden',
    '/%00',
    '/%zz',
    '/models',
  ])('does not find %s', async (path) => {
    const { status, body } = await get(path);
    expect(status).toBe(404);
    expect(body.toString()).toBe('Not found.\n');
  });

  it('refuses other methods', async () => {
    expect((await get('/', {}, 'POST')).status).toBe(405);
  });

  it('takes the next port when one is taken', async () => {
    const second = await start(join(folder, 'page'), '--port', String(server.port));
    second.child.kill();
    expect(second.port).toBeGreaterThan(server.port);
  });

  it('sends the policy of the page as a header too', async () => {
    const strict = join(folder, 'strict');
    await mkdir(strict);
    const policy = 'default-src &#39;none&#39;; script-src &#39;self&#39;';
    await writeFile(
      join(strict, 'index.html'),
      `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    );
    const other = await start(strict, '--port', '0');
    const { headers } = await fetch(`http://127.0.0.1:${other.port}/`);
    other.child.kill();
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; frame-ancestors 'none'",
    );
  });

  it('says what is wrong with a port', async () => {
    const { code, errors } = await start(folder, '--port', 'x');
    expect(code).toBe(1);
    expect(errors).toBe('serve: --port is x; expected a whole number from 0 to 65535.\n');
  });
});
