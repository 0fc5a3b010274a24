// Runs bench/browser/index.html in a real browser and prints (or writes) the figures with device, browser and date.
//   npm run bench:browser -- [--browser chromium|firefox] [--executable PATH] [--flag=--x ...] [--out FILE]
// Needs the built package (npm run build). Serves the repository from a free port.
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
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
      out: { type: 'string' },
    },
  }).values;
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
