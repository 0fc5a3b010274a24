// Runs bench/browser/index.html in a real browser and prints (or writes) the figures with device, browser and date.
//   npm run bench:browser -- [--browser chromium|firefox] [--executable PATH] [--flag=--x ...] [--out FILE]
//     [--model URL] [--loads 3: only loads, MB/s from the network and from IndexedDB to ready]
//     [--tests pp512,tg128 [--depths 0,1024] [--synthetic bitnet-2b] [--arithmetic exact|block] [--subgroup-matrix]]
//     [--backend auto|webgpu|wasm] [--threads N]
// With --tests the engine's own benchmark runs, as on bench.html, and its report is what is printed and written.
// Needs the built package (npm run build). Serves the repository from a free port.
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { ModelInfo } from '../../src/api/types.ts';
import { summarize } from '../../src/runtime/benchmark/statistics.ts';
import { serve, start, TIMEOUT_MS } from './browser.ts';

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
      model: { type: 'string' },
      loads: { type: 'string' },
      tests: { type: 'string' },
      depths: { type: 'string' },
      synthetic: { type: 'string' },
      arithmetic: { type: 'string' },
      backend: { type: 'string' },
      threads: { type: 'string' },
      'subgroup-matrix': { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  }).values;
}

type Metrics = Readonly<Record<string, number>>;

function queryOf(values: ReturnType<typeof readArguments>): string {
  const names = [
    'model',
    'loads',
    'tokens',
    'repeats',
    'tests',
    'depths',
    'synthetic',
    'arithmetic',
    'backend',
    'threads',
  ] as const;
  const given = names.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]]));
  const query = new URLSearchParams(given);
  if (values['subgroup-matrix']) query.set('subgroupMatrix', '');
  return query.toString();
}

interface Loads {
  readonly firstMs: number;
  readonly storedMs: readonly number[];
  readonly info: ModelInfo;
}

function describeLoads({ firstMs, storedMs, info }: Loads, browser: string) {
  const rate = (ms: number) => info.fileBytes / 1e3 / ms;
  return {
    date: new Date().toISOString(),
    browser,
    cpu: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
    adapter: info.adapter,
    model: info.id,
    fileBytes: info.fileBytes,
    networkMegabytesPerSecond: rate(firstMs),
    storeMegabytesPerSecond: summarize(storedMs.map(rate)),
  };
}

function print(result: object, out: string | undefined): void {
  const json = `${JSON.stringify(result, null, 2)}\n`;
  if (out) writeFileSync(out, json);
  process.stdout.write(json);
}

/** Measures, prints the record, and writes it where --out says. */
export async function main(args: string[]): Promise<number> {
  const values = readArguments(args);
  const server = await serve(path.resolve(values.root));
  const browser = await start(values);
  try {
    const page = await browser.newPage();
    const query = queryOf(values);
    await page.goto(`http://127.0.0.1:${server.port}/bench/browser/index.html?${query}`);
    await page.waitForFunction(() => document.getElementById('report')?.textContent !== 'running', {
      timeout: TIMEOUT_MS,
      polling: 250,
    });
    const text = await page.$eval('#report', (element) => element.textContent ?? '');
    const report = JSON.parse(text);
    if (!report.ok) throw new Error(report.error);
    if (report.loads) {
      print(describeLoads(report.loads, await browser.version()), values.out);
      return 0;
    }
    if (report.benchmark) {
      print(report.benchmark, values.out);
      return 0;
    }
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
    print(result, values.out);
  } finally {
    await browser.close();
    server.close();
  }
  return 0;
}
