// What the benchmarks that run in a real browser share: a server of the repository, and the browser.
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { type Browser, launch } from 'puppeteer-core';

/** Which browser, and how it is started. */
export interface BrowserChoice {
  /** chromium or firefox. */
  readonly browser: string;
  /** Default: where Debian has it. */
  readonly executable?: string;
  /** Further arguments; for Chromium in place of those that choose SwiftShader. */
  readonly flag: readonly string[];
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
};

const EXECUTABLES: Readonly<Record<string, string>> = {
  chromium: '/usr/bin/chromium',
  firefox: '/usr/bin/firefox-esr',
};

const SWIFTSHADER = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];
/** Longest time for one benchmark. */
export const TIMEOUT_MS = 540_000;

/** Serves the files below `root` on a free port, in ranges where asked. */
export function serve(root: string): Promise<{ readonly port: number; close(): void }> {
  const server = createServer((request, response) => {
    // Isolated from other origins, so that WebAssembly may have threads.
    response.setHeader('cross-origin-opener-policy', 'same-origin');
    response.setHeader('cross-origin-embedder-policy', 'require-corp');
    const file = path.join(root, path.normalize(new URL(request.url ?? '/', 'http://localhost').pathname));
    const size = statSync(file, { throwIfNoEntry: false })?.size;
    if (size === undefined || !file.startsWith(root)) return response.writeHead(404).end();
    const type = TYPES[path.extname(file)] ?? 'application/octet-stream';
    const range = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '');
    if (!range) {
      response.writeHead(200, { 'content-type': type, 'content-length': size });
      return createReadStream(file).pipe(response);
    }
    const [start, end] = [Number(range[1]), Math.min(Number(range[2]), size - 1)];
    response.writeHead(206, {
      'content-type': type,
      'content-length': end - start + 1,
      'content-range': `bytes ${start}-${end}/${size}`,
    });
    return createReadStream(file, { start, end }).pipe(response);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      resolve({ port, close: () => server.close() });
    });
  });
}

/** Starts the browser; the caller closes it. */
export function start(values: BrowserChoice): Promise<Browser> {
  const executablePath = values.executable ?? EXECUTABLES[values.browser];
  if (values.browser === 'firefox') {
    return launch({
      browser: 'firefox',
      executablePath,
      headless: true,
      args: [...values.flag],
      extraPrefsFirefox: { 'dom.webgpu.enabled': true, 'gfx.webgpu.ignore-blocklist': true },
      protocolTimeout: TIMEOUT_MS,
    });
  }
  const flags = values.flag.length > 0 ? values.flag : SWIFTSHADER;
  return launch({
    browser: 'chrome',
    executablePath,
    headless: true,
    args: ['--no-sandbox', '--no-first-run', '--disable-quic', ...flags],
    protocolTimeout: TIMEOUT_MS,
  });
}
