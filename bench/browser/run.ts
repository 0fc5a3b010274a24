// Runs bench/browser/index.html in a real browser and prints (or writes) the figures with device, browser and date.
//   npm run bench:browser -- [--browser chromium|firefox] [--executable PATH] [--flag=--x ...] [--out FILE]
// Needs the built package (npm run build). Serves the repository from a free port.
import { createReadStream, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Browser, launch } from 'puppeteer-core';
import { summarize } from '../../src/runtime/benchmark/statistics.ts';

function readArguments(args: string[]) {
  return parseArgs({
    args,
    options: {
      browser: { type: 'string', default: 'chromium' },
      executable: { type: 'string' },
      flag: { type: 'string', multiple: true, default: [] },
      root: { type: 'string', default: process.cwd() },
      tokens: { type: 'string', default: '64' },
      repeats: { type: 'string', default: '5' },
      out: { type: 'string' },
    },
  }).values;
}

type Values = ReturnType<typeof readArguments>;

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
const TIMEOUT_MS = 540_000;

function serve(root: string): Promise<{ readonly port: number; close(): void }> {
  const server = createServer((request, response) => {
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

function start(values: Values): Promise<Browser> {
  const executablePath = values.executable ?? EXECUTABLES[values.browser];
  if (values.browser === 'firefox') {
    return launch({
      browser: 'firefox',
      executablePath,
      headless: true,
      args: values.flag,
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

type Metrics = Readonly<Record<string, number>>;

/** Measures, prints the record, and writes it where --out says. */
export async function main(args: string[]): Promise<number> {
  const values = readArguments(args);
  const server = await serve(path.resolve(values.root));
  const browser = await start(values);
  try {
    const page = await browser.newPage();
    const query = `tokens=${values.tokens}&repeats=${values.repeats}`;
    await page.goto(`http://127.0.0.1:${server.port}/bench/browser/index.html?${query}`);
    await page.waitForFunction(() => document.getElementById('report')?.textContent !== 'running', {
      timeout: TIMEOUT_MS,
      polling: 250,
    });
    const text = await page.$eval('#report', (element) => element.textContent ?? '');
    const report = JSON.parse(text);
    if (!report.ok) throw new Error(report.error);
    const pick = (runs: readonly Metrics[], key: string) => summarize(runs.map((run) => run[key]));
    const result = {
      date: new Date().toISOString(),
      browser: await browser.version(),
      userAgent: report.userAgent,
      cpu: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
      adapter: report.info.adapter,
      model: report.info.id,
      weightKernel: report.info.weightKernel,
      decodeTokensPerSecond: pick(report.decode, 'decodeTokensPerSecond'),
      decodeTokens: report.decode[0].generatedTokens,
      prefillTokensPerSecond: pick(report.prefill, 'prefillTokensPerSecond'),
      prefillTokens: report.prefill[0].promptTokens - report.prefill[0].reusedTokens,
      timeToFirstTokenMs: pick(report.decode, 'timeToFirstTokenMs'),
      loadMs: report.loadMs,
      reloadFromStoreMs: report.reloadMs,
      memory: report.info.memory,
    };
    const json = `${JSON.stringify(result, null, 2)}\n`;
    if (values.out) writeFileSync(values.out, json);
    process.stdout.write(json);
  } finally {
    await browser.close();
    server.close();
  }
  return 0;
}
